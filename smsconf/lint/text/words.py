"""Words that a reviewer stops at: tables only.

Forbidden topics: the vendor's lists are "including but not only" (FAQ sms_faq_0003, 2024-11-08). Several
entries are everyday words, so a hit is a warning. Where a longer everyday word contains an entry, the
entry is written as a pattern that leaves it alone (酒店 is a hotel, not alcohol).
"""

from __future__ import annotations

import re
from typing import Final

CODE_WORDS: Final = ("验证码", "注册码", "校验码", "动态码")

_NEUTRAL = """
温馨提示 友情提示 温馨提醒 提示 提醒 通知 公告 短信通知 短信平台 短信验证 验证码 验证短信 系统通知 系统消息
消息通知 客服 客服中心 客户服务 在线客服 会员中心 会员服务 用户中心 个人中心 服务中心 订单通知 物流通知
快递通知 活动通知 优惠活动 管理员 平台 商城 官网 公司 学校 医院 物业 银行 测试 促销 福利 短信 信息 云平台
小程序 公众号 购物商城 网上商城 在线商城
"""
NEUTRAL_NAMES: Final = frozenset(_NEUTRAL.split())

_TOPICS = r"""
股票 移民 金融 面试 招聘 博彩 赌球 彩票 返利 贷款 催款 催收 理财 中奖 一元夺宝 一元秒杀 (?<![A-Za-z])A货
医疗 整形 美容 会所 酒吧 黄赌毒 足浴 皮草 助考 商标注册 加群 加\s*QQ 加微信 加客服 APP\s*下载 好评返现
拉新 增值业务 营业厅 移动 联通 电信 广电 大王卡 短信群发 (?<![0-9A-Za-z])[45]G(?![0-9A-Za-z]) 代写 棋牌
赌博 游戏 诉讼 传票 征信 维权 原油 期货 贵金属 私募 股权 评价 留学 海外置业 银行汇票 工商代办 开发票
合伙人 邀请注册 年审 售卖软件 山寨机 回复确认收货 违禁品 虚拟货币 邮币 邮票 上门追讨 宗教 迷信 二类电商
交友 婚恋 (?<![A-Za-z])POS\s*机 积分兑换 红白事 法律 财税 代理认证 专利 加盟 展会 调解 借贷 分期
积分清零 刷单 淘口令 零元购 公司注册 知识产权 代申报 保健 养生 养老 数字藏品 问卷 培训 讲座 保险 直播
烟(?![台花雾感火囱]) (?<!啤)酒(?![店精吧窝]) 茶叶 兼职 房产 装修 建材
"""
FORBIDDEN: Final = re.compile("|".join(_TOPICS.split()), re.IGNORECASE)

FORBIDDEN_IN_PROMOTION: Final = re.compile(
    "招商|团购会|家私|捐款|献血|做任务|人民币收藏|钱币|沙发翻新|黑车|非法钓鱼|会展|税票|APP\\s*推广|办证|回收|信用卡|猎头|优惠券|"
    "茶(?!具|几|馆|水)",
    re.IGNORECASE,
)

FORBIDDEN_ENGLISH: Final = re.compile(
    r"\b(?:stocks?|immigration|loans?|job interviews?|gambling|casino|betting|lottery|jackpot|rebates?|forex|"
    r"crypto(?:currency|currencies)?|bitcoin|payday|debt collection|viagra)\b",
    re.IGNORECASE,
)

MARKETING: Final = re.compile(
    "优惠|促销|大促|折扣|打折|[一二三四五六七八九0-9.]折|特价|特惠|抢购|满减|红包|秒杀|钜惠|清仓|领券|免费领|半价|新品上市|"
    "限时购|赠品|买一送一|低至"
)

INVITATION: Final = re.compile(
    "邀请您|诚邀|邀您|注册有礼|免费注册|入会有礼|报名参加|欢迎加入|欢迎注册|点击注册"
)
SUBSCRIBERS: Final = re.compile("会员|订阅|用户|客户|顾客|老客|粉丝|member|subscri|customer", re.IGNORECASE)

OPT_OUT: Final = re.compile(
    r"回复?\s*[“\"「']?\s*[RrＲ](?![A-Za-z])|repl(?:y|ies)\s+(?:with\s+)?['\"]?R\b", re.IGNORECASE
)
OTHER_OPT_OUT: Final = re.compile(
    r"(?:退订|拒收)请?(?:回复?|发送?)\s*['\"“]?[A-Za-z0-9]{1,4}|回复?\s*(?:TD|[TNtn])(?![A-Za-z])(?:退订)?|退订|拒收",
)

SHORT_LINKS: Final = re.compile(
    r"(?:https?://)?(?:www\.)?(?:t\.cn|dwz\.cn|url\.cn|suo\.im|bit\.ly|tinyurl\.com|t\.co|goo\.gl|is\.gd|ow\.ly|"
    r"rb\.gy|cutt\.ly|tb\.cn|m\.tb\.cn|3\.cn|u\.jd\.com|sourl\.cn|mrw\.so|w\.url\.cn)(?:/|$)",
    re.IGNORECASE,
)

LINK_NAMES: Final = re.compile(
    r"链接|网址|地址栏|\b(?:url|link|href|website)\b|(?:^|_)(?:url|link)(?:_|$)", re.IGNORECASE
)
CONTACT_NAMES: Final = re.compile(
    r"微信|QQ|\b(?:wechat|weixin|qq)\b|(?:^|_)(?:wechat|weixin|qq)(?:_|$)", re.IGNORECASE
)
