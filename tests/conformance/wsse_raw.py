"""Send many messages with X-WSSE as the vendor's Go sample does: the digest's 32 bytes in Base64.

Standard library only, and nothing of smsconf: a judge from outside, written to the published formula
``PasswordDigest = Base64(SHA256(Nonce + Created + app_secret))`` (sms_05_0002, INTL 2026-02-06).

    python wsse_raw.py URL APP_KEY APP_SECRET SENDER TEMPLATE_ID TO [VALUE ...]

Every number in TO (separated by commas) gets a content of its own, all with the same values.
"""

import base64
import hashlib
import http.client
import json
import secrets
import sys
import urllib.parse
from datetime import UTC, datetime


def wsse_header(app_key, app_secret):
    """Return the value of X-WSSE, its time in UTC; blanks after the commas, as the pages print it."""
    now = datetime.now(UTC)
    created = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    nonce = secrets.token_hex(16).upper()
    raw = hashlib.sha256(f"{nonce}{created}{app_secret}".encode()).digest()
    password_digest = base64.standard_b64encode(raw).decode()
    return (
        f'UsernameToken Username="{app_key}", PasswordDigest="{password_digest}", '
        f'Nonce="{nonce}", Created="{created}"'
    )


def main():
    """Send and print status and answer."""
    url, app_key, app_secret, sender, template_id, to, *values = sys.argv[1:]
    contents = [
        {"to": [number], "templateId": template_id, "templateParas": values} for number in to.split(",")
    ]
    headers = {
        "Content-Type": "application/json",
        "Authorization": 'WSSE realm="SDP", profile="UsernameToken", type="Appkey"',
        "X-WSSE": wsse_header(app_key, app_secret),
    }
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=30)
    body = json.dumps({"from": sender, "smsContent": contents})
    connection.request("POST", "/sms/batchSendDiffSms/v1", body, headers)
    answer = connection.getresponse()
    sys.stdout.write(f"{answer.status} {answer.read().decode()}\n")
    connection.close()


if __name__ == "__main__":
    main()
