"""The vendor's pages that the rules were written from, each with its own date. Read 2026-11."""

from __future__ import annotations

from typing import Final

from smsconf.language import N_
from smsconf.lint.rule import Page

_SUPPORT: Final = "https://support.huaweicloud.com"
_GUIDE: Final = "https://www.huaweicloud.com/guide/productsdesc-bms_"

API_APP: Final = Page(f"{_SUPPORT}/api-msgsms/sms_05_0023.html", "2025-12-02")
API_SIGNATURE: Final = Page(f"{_SUPPORT}/api-msgsms/sms_05_0029.html", "2025-12-02")
API_TEMPLATE: Final = Page(f"{_SUPPORT}/api-msgsms/sms_05_0039.html", "2025-12-02")
API_STATUS: Final = Page(f"{_SUPPORT}/api-msgsms/sms_05_0051.html", "2024-11-15")
PUSHES: Final = Page(f"{_SUPPORT}/api-msgsms/sms_05_0004.html", "2025-02-12")
APP_MANUAL: Final = Page(f"{_SUPPORT}/intl/en-us/usermanual-msgsms/sms_03_0013.html", "2025")
SIGNATURE_2_32: Final = Page(f"{_GUIDE}2ea7a5f00af8ad4b03854a6c617fa2bcsupport0", "2025-01-02")
SIGNATURE_2_16: Final = Page(f"{_GUIDE}4cd72ecc35d7aeac7de5382da0f71919support0", "2025-01-02")
SIGNATURE_RULES: Final = Page(f"{_SUPPORT}/msgsms_faq/sms_faq_0002.html", "2024")
SIGNATURE_REJECTED: Final = Page(f"{_SUPPORT}/msgsms_faq/sms_faq_0075.md", "2024")
QUALIFICATIONS: Final = Page(f"{_SUPPORT}/usermanual-msgsms/sms_03_0014.html", "2025-06-04")
TEMPLATE_RULES: Final = Page(f"{_SUPPORT}/msgsms_faq/sms_faq_0003.html", "2024-11-08")
TEMPLATE_REJECTED: Final = Page(f"{_SUPPORT}/msgsms_faq/sms_faq_0076.html", "2024-09-27")
VARIABLES: Final = Page(f"{_SUPPORT}/productdesc-msgsms/sms_faq_0003.html", "2024-11-08")
LENGTHS: Final = Page(f"{_SUPPORT}/intl/en-us/productdesc-msgsms/sms_01_0011.html", "2024")
TYPES: Final = Page(f"{_SUPPORT}/intl/zh-cn/productdesc-msgsms/sms_01_0006.html", "2025-11-14")
COUNTRIES: Final = Page(f"{_SUPPORT}/intl/zh-cn/productdesc-msgsms/phone_numbers.html", "2025")
QUOTAS: Final = Page(f"{_SUPPORT}/productdesc-msgsms/sms_01_0005.html", "2025-11-14")
THRESHOLDS: Final = Page(f"{_SUPPORT}/intl/en-us/usermanual-msgsms/sms_03_1009.html", "2024")
MODES: Final = Page(f"{_SUPPORT}/intl/en-us/usermanual-msgsms/sms_03_0032.html", "2024")
CONTACTS: Final = Page(f"{_SUPPORT}/intl/en-us/usermanual-msgsms/sms_03_1004.html", "2024-01-22")
FREQUENCY: Final = Page(f"{_SUPPORT}/intl/en-us/usermanual-msgsms/sms_03_1012.html", "2024")
OURS: Final = Page(N_("smsconf: not a rule of the vendor"), "2026-11")
