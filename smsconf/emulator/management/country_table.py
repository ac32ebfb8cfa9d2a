"""The countries an international message can go to: id, English name, Chinese name.

Data only. The vendor's list is not published; its one example (93, Afghanistan) is a dialling code. So an id
here is the dialling code where one country alone has it, else an invented number from 1000 upwards
(``invented``). Names are the usual short ones; dialling codes are ITU-T E.164 assignments, read 2026-11.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple


class Country(NamedTuple):
    """One row of the list; ``invented`` marks a number that is no dialling code."""

    number: int
    english: str
    chinese: str
    invented: bool


_ROWS = """\
93 Afghanistan 阿富汗
355 Albania 阿尔巴尼亚
213 Algeria 阿尔及利亚
376 Andorra 安道尔
244 Angola 安哥拉
1 Antigua and Barbuda 安提瓜和巴布达
54 Argentina 阿根廷
374 Armenia 亚美尼亚
297 Aruba 阿鲁巴
61 Australia 澳大利亚
43 Austria 奥地利
994 Azerbaijan 阿塞拜疆
1 Bahamas 巴哈马
973 Bahrain 巴林
880 Bangladesh 孟加拉国
1 Barbados 巴巴多斯
375 Belarus 白俄罗斯
32 Belgium 比利时
501 Belize 伯利兹
229 Benin 贝宁
1 Bermuda 百慕大
975 Bhutan 不丹
591 Bolivia 玻利维亚
387 Bosnia and Herzegovina 波斯尼亚和黑塞哥维那
267 Botswana 博茨瓦纳
55 Brazil 巴西
673 Brunei 文莱
359 Bulgaria 保加利亚
226 Burkina Faso 布基纳法索
257 Burundi 布隆迪
855 Cambodia 柬埔寨
237 Cameroon 喀麦隆
1 Canada 加拿大
238 Cape Verde 佛得角
236 Central African Republic 中非共和国
235 Chad 乍得
56 Chile 智利
57 Colombia 哥伦比亚
269 Comoros 科摩罗
242 Congo 刚果（布）
243 Democratic Republic of the Congo 刚果（金）
506 Costa Rica 哥斯达黎加
225 Ivory Coast 科特迪瓦
385 Croatia 克罗地亚
53 Cuba 古巴
599 Curacao 库拉索
357 Cyprus 塞浦路斯
420 Czech Republic 捷克
45 Denmark 丹麦
253 Djibouti 吉布提
1 Dominica 多米尼克
1 Dominican Republic 多米尼加共和国
593 Ecuador 厄瓜多尔
20 Egypt 埃及
503 El Salvador 萨尔瓦多
240 Equatorial Guinea 赤道几内亚
291 Eritrea 厄立特里亚
372 Estonia 爱沙尼亚
268 Eswatini 斯威士兰
251 Ethiopia 埃塞俄比亚
298 Faroe Islands 法罗群岛
679 Fiji 斐济
358 Finland 芬兰
33 France 法国
594 French Guiana 法属圭亚那
689 French Polynesia 法属波利尼西亚
241 Gabon 加蓬
220 Gambia 冈比亚
995 Georgia 格鲁吉亚
49 Germany 德国
233 Ghana 加纳
350 Gibraltar 直布罗陀
30 Greece 希腊
299 Greenland 格陵兰
1 Grenada 格林纳达
590 Guadeloupe 瓜德罗普
1 Guam 关岛
502 Guatemala 危地马拉
224 Guinea 几内亚
245 Guinea-Bissau 几内亚比绍
592 Guyana 圭亚那
509 Haiti 海地
504 Honduras 洪都拉斯
852 Hong Kong 中国香港
36 Hungary 匈牙利
354 Iceland 冰岛
91 India 印度
62 Indonesia 印度尼西亚
98 Iran 伊朗
964 Iraq 伊拉克
353 Ireland 爱尔兰
972 Israel 以色列
39 Italy 意大利
1 Jamaica 牙买加
81 Japan 日本
962 Jordan 约旦
7 Kazakhstan 哈萨克斯坦
254 Kenya 肯尼亚
965 Kuwait 科威特
996 Kyrgyzstan 吉尔吉斯斯坦
856 Laos 老挝
371 Latvia 拉脱维亚
961 Lebanon 黎巴嫩
266 Lesotho 莱索托
231 Liberia 利比里亚
218 Libya 利比亚
423 Liechtenstein 列支敦士登
370 Lithuania 立陶宛
352 Luxembourg 卢森堡
853 Macao 中国澳门
261 Madagascar 马达加斯加
265 Malawi 马拉维
60 Malaysia 马来西亚
960 Maldives 马尔代夫
223 Mali 马里
356 Malta 马耳他
596 Martinique 马提尼克
222 Mauritania 毛里塔尼亚
230 Mauritius 毛里求斯
52 Mexico 墨西哥
373 Moldova 摩尔多瓦
377 Monaco 摩纳哥
976 Mongolia 蒙古
382 Montenegro 黑山
212 Morocco 摩洛哥
258 Mozambique 莫桑比克
95 Myanmar 缅甸
264 Namibia 纳米比亚
977 Nepal 尼泊尔
31 Netherlands 荷兰
687 New Caledonia 新喀里多尼亚
64 New Zealand 新西兰
505 Nicaragua 尼加拉瓜
227 Niger 尼日尔
234 Nigeria 尼日利亚
389 North Macedonia 北马其顿
47 Norway 挪威
968 Oman 阿曼
92 Pakistan 巴基斯坦
970 Palestine 巴勒斯坦
507 Panama 巴拿马
675 Papua New Guinea 巴布亚新几内亚
595 Paraguay 巴拉圭
51 Peru 秘鲁
63 Philippines 菲律宾
48 Poland 波兰
351 Portugal 葡萄牙
1 Puerto Rico 波多黎各
974 Qatar 卡塔尔
262 Reunion 留尼汪
40 Romania 罗马尼亚
7 Russia 俄罗斯
250 Rwanda 卢旺达
685 Samoa 萨摩亚
378 San Marino 圣马力诺
239 Sao Tome and Principe 圣多美和普林西比
966 Saudi Arabia 沙特阿拉伯
221 Senegal 塞内加尔
381 Serbia 塞尔维亚
248 Seychelles 塞舌尔
232 Sierra Leone 塞拉利昂
65 Singapore 新加坡
421 Slovakia 斯洛伐克
386 Slovenia 斯洛文尼亚
677 Solomon Islands 所罗门群岛
252 Somalia 索马里
27 South Africa 南非
82 South Korea 韩国
211 South Sudan 南苏丹
34 Spain 西班牙
94 Sri Lanka 斯里兰卡
249 Sudan 苏丹
597 Suriname 苏里南
46 Sweden 瑞典
41 Switzerland 瑞士
963 Syria 叙利亚
886 Taiwan 中国台湾
992 Tajikistan 塔吉克斯坦
255 Tanzania 坦桑尼亚
66 Thailand 泰国
670 Timor-Leste 东帝汶
228 Togo 多哥
676 Tonga 汤加
1 Trinidad and Tobago 特立尼达和多巴哥
216 Tunisia 突尼斯
90 Turkey 土耳其
993 Turkmenistan 土库曼斯坦
256 Uganda 乌干达
380 Ukraine 乌克兰
971 United Arab Emirates 阿拉伯联合酋长国
44 United Kingdom 英国
1 United States 美国
598 Uruguay 乌拉圭
998 Uzbekistan 乌兹别克斯坦
678 Vanuatu 瓦努阿图
58 Venezuela 委内瑞拉
84 Vietnam 越南
967 Yemen 也门
260 Zambia 赞比亚
263 Zimbabwe 津巴布韦
"""


def _countries() -> tuple[Country, ...]:
    rows = []
    for line in _ROWS.splitlines():
        code, _, names = line.partition(" ")
        english, _, chinese = names.rpartition(" ")
        rows.append((int(code), english, chinese))
    shared = Counter(code for code, _, _ in rows)
    invented = iter(range(1000, 2000))
    return tuple(
        Country(code, english, chinese, invented=False)
        if shared[code] == 1
        else Country(next(invented), english, chinese, invented=True)
        for code, english, chinese in rows
    )


COUNTRIES = _countries()
BY_ID = {country.number: country for country in COUNTRIES}
