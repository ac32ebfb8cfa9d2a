"""Countries: ISO 3166-1 codes → English names, and names as others write them → codes. Data.

The service knows countries by English and Chinese names of its own; a list of them is not published
(UNKNOWN), so these are the usual short English names. Regions of China are written as the vendor's pages
write them. Names that a user writes out are passed on untouched.

Source of the codes: ISO 3166-1, by way of Debian's iso-codes; XK is no code of it, but is what everybody
uses for Kosovo. Other names: the formal ones of ISO 3166-1, older ones, and what lists of carriers say.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from smsconf.model.nearest import nearest

MISTAKEN: Final = {"UK": "GB", "UAE": "AE", "KSA": "SA", "ROK": "KR", "PRC": "CN", "RSA": "ZA"}
"""Usual abbreviations that are no ISO codes, or not those of the country that is meant."""

_TABLE: Final = """
AD AND Andorra
AE ARE United Arab Emirates
AF AFG Afghanistan
AG ATG Antigua and Barbuda
AI AIA Anguilla
AL ALB Albania
AM ARM Armenia
AO AGO Angola
AQ ATA Antarctica
AR ARG Argentina
AS ASM American Samoa
AT AUT Austria
AU AUS Australia
AW ABW Aruba
AX ALA Aland Islands
AZ AZE Azerbaijan
BA BIH Bosnia and Herzegovina
BB BRB Barbados
BD BGD Bangladesh
BE BEL Belgium
BF BFA Burkina Faso
BG BGR Bulgaria
BH BHR Bahrain
BI BDI Burundi
BJ BEN Benin
BL BLM Saint Barthelemy
BM BMU Bermuda
BN BRN Brunei
BO BOL Bolivia
BQ BES Bonaire, Sint Eustatius and Saba
BR BRA Brazil
BS BHS Bahamas
BT BTN Bhutan
BV BVT Bouvet Island
BW BWA Botswana
BY BLR Belarus
BZ BLZ Belize
CA CAN Canada
CC CCK Cocos (Keeling) Islands
CD COD Democratic Republic of the Congo
CF CAF Central African Republic
CG COG Republic of the Congo
CH CHE Switzerland
CI CIV Ivory Coast
CK COK Cook Islands
CL CHL Chile
CM CMR Cameroon
CN CHN China
CO COL Colombia
CR CRI Costa Rica
CU CUB Cuba
CV CPV Cape Verde
CW CUW Curacao
CX CXR Christmas Island
CY CYP Cyprus
CZ CZE Czech Republic
DE DEU Germany
DJ DJI Djibouti
DK DNK Denmark
DM DMA Dominica
DO DOM Dominican Republic
DZ DZA Algeria
EC ECU Ecuador
EE EST Estonia
EG EGY Egypt
EH ESH Western Sahara
ER ERI Eritrea
ES ESP Spain
ET ETH Ethiopia
FI FIN Finland
FJ FJI Fiji
FK FLK Falkland Islands
FM FSM Micronesia
FO FRO Faroe Islands
FR FRA France
GA GAB Gabon
GB GBR United Kingdom
GD GRD Grenada
GE GEO Georgia
GF GUF French Guiana
GG GGY Guernsey
GH GHA Ghana
GI GIB Gibraltar
GL GRL Greenland
GM GMB Gambia
GN GIN Guinea
GP GLP Guadeloupe
GQ GNQ Equatorial Guinea
GR GRC Greece
GS SGS South Georgia and the South Sandwich Islands
GT GTM Guatemala
GU GUM Guam
GW GNB Guinea-Bissau
GY GUY Guyana
HK HKG Hong Kong, China
HM HMD Heard Island and McDonald Islands
HN HND Honduras
HR HRV Croatia
HT HTI Haiti
HU HUN Hungary
ID IDN Indonesia
IE IRL Ireland
IL ISR Israel
IM IMN Isle of Man
IN IND India
IO IOT British Indian Ocean Territory
IQ IRQ Iraq
IR IRN Iran
IS ISL Iceland
IT ITA Italy
JE JEY Jersey
JM JAM Jamaica
JO JOR Jordan
JP JPN Japan
KE KEN Kenya
KG KGZ Kyrgyzstan
KH KHM Cambodia
KI KIR Kiribati
KM COM Comoros
KN KNA Saint Kitts and Nevis
KP PRK North Korea
KR KOR South Korea
KW KWT Kuwait
KY CYM Cayman Islands
KZ KAZ Kazakhstan
LA LAO Laos
LB LBN Lebanon
LC LCA Saint Lucia
LI LIE Liechtenstein
LK LKA Sri Lanka
LR LBR Liberia
LS LSO Lesotho
LT LTU Lithuania
LU LUX Luxembourg
LV LVA Latvia
LY LBY Libya
MA MAR Morocco
MC MCO Monaco
MD MDA Moldova
ME MNE Montenegro
MF MAF Saint Martin
MG MDG Madagascar
MH MHL Marshall Islands
MK MKD North Macedonia
ML MLI Mali
MM MMR Myanmar
MN MNG Mongolia
MO MAC Macao, China
MP MNP Northern Mariana Islands
MQ MTQ Martinique
MR MRT Mauritania
MS MSR Montserrat
MT MLT Malta
MU MUS Mauritius
MV MDV Maldives
MW MWI Malawi
MX MEX Mexico
MY MYS Malaysia
MZ MOZ Mozambique
NA NAM Namibia
NC NCL New Caledonia
NE NER Niger
NF NFK Norfolk Island
NG NGA Nigeria
NI NIC Nicaragua
NL NLD Netherlands
NO NOR Norway
NP NPL Nepal
NR NRU Nauru
NU NIU Niue
NZ NZL New Zealand
OM OMN Oman
PA PAN Panama
PE PER Peru
PF PYF French Polynesia
PG PNG Papua New Guinea
PH PHL Philippines
PK PAK Pakistan
PL POL Poland
PM SPM Saint Pierre and Miquelon
PN PCN Pitcairn
PR PRI Puerto Rico
PS PSE Palestine
PT PRT Portugal
PW PLW Palau
PY PRY Paraguay
QA QAT Qatar
RE REU Reunion
RO ROU Romania
RS SRB Serbia
RU RUS Russia
RW RWA Rwanda
SA SAU Saudi Arabia
SB SLB Solomon Islands
SC SYC Seychelles
SD SDN Sudan
SE SWE Sweden
SG SGP Singapore
SH SHN Saint Helena
SI SVN Slovenia
SJ SJM Svalbard and Jan Mayen
SK SVK Slovakia
SL SLE Sierra Leone
SM SMR San Marino
SN SEN Senegal
SO SOM Somalia
SR SUR Suriname
SS SSD South Sudan
ST STP Sao Tome and Principe
SV SLV El Salvador
SX SXM Sint Maarten
SY SYR Syria
SZ SWZ Eswatini
TC TCA Turks and Caicos Islands
TD TCD Chad
TF ATF French Southern Territories
TG TGO Togo
TH THA Thailand
TJ TJK Tajikistan
TK TKL Tokelau
TL TLS Timor-Leste
TM TKM Turkmenistan
TN TUN Tunisia
TO TON Tonga
TR TUR Turkey
TT TTO Trinidad and Tobago
TV TUV Tuvalu
TW TWN Taiwan, China
TZ TZA Tanzania
UA UKR Ukraine
UG UGA Uganda
UM UMI United States Minor Outlying Islands
US USA United States
UY URY Uruguay
UZ UZB Uzbekistan
VA VAT Vatican
VC VCT Saint Vincent and the Grenadines
VE VEN Venezuela
VG VGB British Virgin Islands
VI VIR United States Virgin Islands
VN VNM Vietnam
VU VUT Vanuatu
WF WLF Wallis and Futuna
WS WSM Samoa
YE YEM Yemen
YT MYT Mayotte
ZA ZAF South Africa
ZM ZMB Zambia
ZW ZWE Zimbabwe
"""

NAMES: Final[dict[str, str]] = {}
"""Code of 2 or 3 letters → English name."""

for _line in _TABLE.strip().splitlines():
    _two, _three, _name = _line.split(" ", 2)
    NAMES[_two] = NAMES[_three] = _name

_OTHERS: Final = """
AE UAE
BA Bosnia
BL St Barts
BN Brunei Darussalam
BO Plurinational State of Bolivia; Bolivia (Plurinational State of)
BQ Bonaire; Caribbean Netherlands; Netherlands Antilles
CC Cocos Islands; Keeling Islands
CD DR Congo; DRC; Congo DR; Congo (Kinshasa); Congo, Democratic Republic of the; Zaire
CF Central African Rep
CG Congo; Congo (Brazzaville); Congo Republic; Republic of Congo
CI Ivory Coast; Cote d'Ivoire; Ivory Coast (Cote d'Ivoire)
CN Mainland China; Chinese mainland; China mainland; People's Republic of China; PRC
CV Cape Verde; Cabo Verde
CZ Czech Republic; Czechia; Czech
DO Dominican Rep
FK Falkland Islands; Falkland Islands (Malvinas)
FM Micronesia; Federated States of Micronesia; Micronesia (Federated States of)
FO Faroe Islands; Faeroe Islands
GB Great Britain; UK; United Kingdom of Great Britain and Northern Ireland
GF French Guiana; French Guyana
GW Guinea Bissau
HK Hong Kong; China Hong Kong; Hong Kong SAR; Hong Kong SAR China; Hongkong; HKSAR
IR Iran (Islamic Republic of); Islamic Republic of Iran
KG Kyrgyz Republic; Kirghizia
KN St Kitts and Nevis; Saint Christopher and Nevis
KP Democratic People's Republic of Korea; Korea (Democratic People's Republic of); DPRK; Korea North
KR Korea; Republic of Korea; Korea (Republic of); Korea South; ROK
LA Lao; Lao PDR; Lao People's Democratic Republic
LY Libyan Arab Jamahiriya
MD Republic of Moldova; Moldova (Republic of)
MF Saint Martin (French part); St Martin
MK Macedonia; Republic of North Macedonia; FYROM; The former Yugoslav Republic of Macedonia
MM Burma; Myanmar (Burma)
MO Macao; Macau; China Macao; China Macau; Macao SAR; Macau SAR; Macau, China
PN Pitcairn Islands
PS Palestinian Territory; Palestinian Territories; State of Palestine; Palestine (State of)
RE Reunion Island
RU Russian Federation
SA Kingdom of Saudi Arabia; KSA
SH Saint Helena, Ascension and Tristan da Cunha
ST Sao Tome
SX Sint Maarten (Dutch part); St Maarten
SY Syrian Arab Republic
SZ Swaziland
TL East Timor; Timor Leste
TR Turkiye
TW Taiwan; China Taiwan; Taiwan (Province of China); Chinese Taipei; Taiwan, Province of China
TZ United Republic of Tanzania; Tanzania (United Republic of)
US USA; United States of America
VA Holy See; Vatican City; Vatican City State; Holy See (Vatican City State)
VE Venezuela (Bolivarian Republic of); Bolivarian Republic of Venezuela
VG Virgin Islands (British); Virgin Islands, British
VI US Virgin Islands; Virgin Islands (US); Virgin Islands, U.S.
VN Viet Nam
XK Kosovo; Republic of Kosovo
"""
CHINESE: Final = {
    "加拿大": "Canada",
    "美国": "United States",
    "越南": "Vietnam",
    "英国": "United Kingdom",
    "新加坡": "Singapore",
    "中国台湾": "Taiwan, China",
    "沙特阿拉伯": "Saudi Arabia",
    "阿联酋": "United Arab Emirates",
    "阿拉伯联合酋长国": "United Arab Emirates",
    "泰国": "Thailand",
    "马来西亚": "Malaysia",
    "中国": "China",
    "中国大陆": "China",
}
"""The countries with rules of their own by their Chinese names, which the service takes too."""

USUAL_NAMES: Final = frozenset(NAMES.values())
_ENGLISH: Final = {name.casefold(): name for name in NAMES.values()}
_SILENT: Final = frozenset({"the", "of", "and"})


def english(name: str) -> str:
    """Return a country's English name, where we know the Chinese one that was written; else what was."""
    return CHINESE.get(name, name)


def usual_name(written: str) -> str | None:
    """Return the usual English name of a country by that name, its code or its Chinese name."""
    return NAMES.get(written) or _ENGLISH.get(written.casefold()) or CHINESE.get(written)


def nearest_code(written: str) -> str | None:
    """Return the code that somebody probably meant who wrote one that is none."""
    return MISTAKEN.get(written) or nearest(written, NAMES)


def nearest_name(written: str) -> str | None:
    """Return the English name that was probably meant by a word that names no country."""
    return NAMES.get(MISTAKEN.get(written, "")) or nearest(written, _ENGLISH.values())


def code_of(name: str) -> str | None:
    """Return the ISO code of a country by any name that is known of it; ``None`` for a name that is not."""
    return _codes().get(_compared(name))


@cache
def _codes() -> dict[str, str]:
    """Name, as it is compared → code. Made when it is asked for: most commands never do."""
    short = [(code, name) for code, name in NAMES.items() if len(code) == 2]
    found = {_compared(word): code for code, name in short for word in (code, name)}
    for line in _OTHERS.strip().splitlines():
        code, names = line.split(" ", 1)
        found.update((_compared(name), code) for name in names.split("; "))
    return found


def _compared(name: str) -> str:
    """Return what two spellings of one name share: letters without accents, no small words, Saint in full."""
    plain = unicodedata.normalize("NFKD", name).casefold().replace("\u2019", "").replace("'", "")
    words = re.findall("[^\\W\\d_]+", "".join(one for one in plain if not unicodedata.combining(one)))
    return "".join("saint" if word == "st" else word for word in words if word not in _SILENT)
