"""Send one message with X-WSSE as the vendor's Java and Python samples do: the digest's hex text in Base64.

Standard library only, and nothing of smsconf: a judge from outside, written to the published formula
``PasswordDigest = Base64(SHA256(Nonce + Created + app_secret))`` (sms_05_0001, INTL 2025-01-14).

    python wsse_hex.py URL APP_KEY APP_SECRET SENDER TEMPLATE_ID TO [VALUE ...]
"""

import base64
import hashlib
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid


def wsse_header(app_key, app_secret):
    """Return the value of X-WSSE, its time in UTC."""
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    nonce = str(uuid.uuid4()).replace("-", "")
    digest = hashlib.sha256((nonce + created + app_secret).encode()).hexdigest()
    password_digest = base64.b64encode(digest.encode()).decode()
    return (
        f'UsernameToken Username="{app_key}",PasswordDigest="{password_digest}",'
        f'Nonce="{nonce}",Created="{created}"'
    )


def main():
    """Send and print status and answer."""
    url, app_key, app_secret, sender, template_id, to, *values = sys.argv[1:]
    form = {
        "from": sender,
        "to": to,
        "templateId": template_id,
        "templateParas": json.dumps(values),
        "statusCallback": "",
    }
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": 'WSSE realm="SDP",profile="UsernameToken",type="Appkey"',
        "X-WSSE": wsse_header(app_key, app_secret),
    }
    request = urllib.request.Request(
        url + "/sms/batchSendSms/v1", urllib.parse.urlencode(form).encode(), headers
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            sys.stdout.write(f"{answer.status} {answer.read().decode()}\n")
    except urllib.error.HTTPError as error:
        sys.stdout.write(f"{error.code} {error.read().decode()}\n")


if __name__ == "__main__":
    main()
