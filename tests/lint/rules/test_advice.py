"""What reviewers write, and the rule that it is about: real sentences, and near misses that say nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.lint.registry import rule_of
from smsconf.lint.rules.advice import READINGS, advise
from smsconf.model.resources import MessageType, Region, Signature, Template
from tests.reconcile import build

NOTICE = build.shipped
CODE = replace(NOTICE, type=MessageType.VERIFICATION)
OFFER = replace(NOTICE, type=MessageType.PROMOTION)
ABROAD = build.hello
BRAND = build.brand


@pytest.mark.parametrize(
    ("one", "words", "code"),
    [
        (NOTICE, "变量过多，请增加固定文字", "SMS315"),
        (NOTICE, "模板内容不明确，无法判断用途", "SMS315"),
        (NOTICE, "模板全变量，请补充固定内容", "SMS314"),
        (NOTICE, "变量之间不能相邻，请在变量${1}和${2}之间增加文字，两个变量相邻", "SMS323"),
        (NOTICE, "模板中存在连续的变量", "SMS323"),
        (NOTICE, "变量个数不能超过20", "SMS322"),
        (NOTICE, "不支持部分变量，如186${1}1234", "SMS324"),
        (NOTICE, "变量属性错误，请选择正确的属性", "SMS327"),
        (NOTICE, "变量类型与实际内容不符", "SMS327"),
        (NOTICE, "变量格式不正确，请使用${1}、${2}", "SMS304"),
        (NOTICE, "请补充变量说明", "SMS325"),
        (NOTICE, "签名会自动添加，模板内容中请勿再写签名", "SMS316"),
        (NOTICE, "内容与签名重复", "SMS316"),
        (NOTICE, "模板内容不能含有【】", "SMS306"),
        (NOTICE, "内容含特殊符号，请删除后重新提交", "SMS307"),
        (NOTICE, "模板含有★等符号", "SMS307"),
        (NOTICE, "通用模板无需使用，请选择具体签名", "SMS350"),
        (NOTICE, "请勿使用测试签名", "SMS212"),
        (NOTICE, "内容涉嫌引流", "SMS329"),
        (CODE, "验证码模板不支持链接", "SMS338"),
        (NOTICE, "不支持短链接，请使用企业域名", "SMS317"),
        (NOTICE, "模板不支持联系方式作为变量", "SMS330"),
        (CODE, "含有QQ群号", "SMS339"),
        (OFFER, "推广短信不支持手机号码，请改为座机或400电话", "SMS346"),
        (OFFER, "缺少退订方式，请添加拒收请回复R", "SMS345"),
        (CODE, "模板中未包含验证码字样，没有“验证码”", "SMS335"),
        (CODE, "验证码模板只能包含一个变量", "SMS336"),
        (NOTICE, "模板类型与内容不符，请重新选择", "SMS343"),
        (NOTICE, "通知类模板不支持营销内容", "SMS342"),
        (CODE, "验证码内不能有营销内容", "SMS340"),
        (NOTICE, "不支持邀请类内容", "SMS349"),
        (NOTICE, "该行业不支持，涉及金融贷款", "SMS318"),
        (NOTICE, "内容包含敏感词", "SMS318"),
        (NOTICE, "不支持催收类短信", "SMS318"),
        (NOTICE, "模板内容超长，请控制在500字以内", "SMS301"),
        (ABROAD, "The URL is not allowed in this country", "SMS361"),
        (ABROAD, "Please register the sender ID first", "SMS360"),
        (ABROAD, "Loan content is prohibited.", "SMS369"),
        (NOTICE, "There are adjacent variables in the template.", "SMS323"),
        (NOTICE, "Too many variables, add fixed text", "SMS315"),
        (NOTICE, "The purpose of the template is unclear", "SMS315"),
        (NOTICE, "The signature is repeated in the content", "SMS316"),
        (OFFER, "No opt-out found", "SMS345"),
        (NOTICE, "Marketing content in a notification", "SMS342"),
        (NOTICE, "wrong template type", "SMS343"),
        (BRAND, "资质不符", "SMS208"),
        (BRAND, "营业执照主体与账号实名认证不一致", "SMS208"),
        (BRAND, "第三方签名请上传授权委托书", "SMS209"),
        (BRAND, "签名与公司名称无关", "SMS209"),
        (BRAND, "商标网未查询到该商标", "SMS211"),
        (BRAND, "未搜索到该小程序，小程序未上线", "SMS207"),
        (BRAND, "APP来源请提供下载链接", "SMS207"),
        (BRAND, "图片无法显示，请重新上传", "SMS218"),
        (BRAND, "签名为中性名称", "SMS206"),
        (BRAND, "签名无法识别企业身份", "SMS206"),
        (BRAND, "签名不支持纯数字", "SMS204"),
        (BRAND, "签名格式错误，含有特殊符号", "SMS203"),
        (BRAND, "The trademark was not found", "SMS211"),
        (BRAND, "neutral signature", "SMS206"),
    ],
)
def test_words_of_a_reviewer_name_the_rule(one: Template | Signature, words: str, code: str) -> None:
    """The probable code, and a remedy."""
    advice = advise(words, one)
    assert advice is not None
    assert advice.code == code
    assert advice.message


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (NOTICE, ""),
        (NOTICE, "审核不通过"),
        (NOTICE, "请修改后重新提交"),
        (NOTICE, "如有疑问请联系客服4000-955-988"),
        (NOTICE, "资质不符"),  # about its signature, which the row of the signature explains
        (NOTICE, "Rejected."),
        (NOTICE, "linked account is overdue"),
        (NOTICE, "the reviewer was clear about it"),
        (NOTICE, "变量可以使用"),
        (NOTICE, "长度合适"),
        (ABROAD, "see the order for the reason"),
        (BRAND, "审核未通过，请重新提交"),
        (BRAND, "模板中变量过多"),
        (BRAND, "Not approved"),
        (BRAND, "请提供更多信息"),
    ],
)
def test_words_about_nothing_known_get_no_advice(one: Template | Signature, words: str) -> None:
    """Better no advice than a wrong one."""
    assert advise(words, one) is None


def test_rule_that_the_checks_find_on_the_text_is_preferred() -> None:
    """The reviewer says "link": of the rules about links it is the one that the text breaks."""
    assert advise("不支持链接", NOTICE, ["SMS318", "SMS317"]).code == "SMS317"
    assert advise("含有营销内容及链接", NOTICE, ["SMS342"]).code == "SMS342"
    assert advise("不支持链接", NOTICE, ["SMS323"]).code == "SMS329"


def test_every_code_of_the_table_is_a_rule_with_a_remedy() -> None:
    """So that `smsconf explain` always has its page."""
    for reading in READINGS:
        assert reading.remedy
        assert all(rule_of(code) for code in reading.codes), reading.codes


def test_advice_fits_the_kind_of_message() -> None:
    """A rule about verification templates is not named for a notification if another is at hand."""
    assert advise("链接", CODE).code == "SMS338"
    assert advise("链接", NOTICE).code == "SMS329"
    assert advise("链接", replace(ABROAD, region=Region.INTL)).code == "SMS361"


@given(st.text(max_size=300), st.sampled_from([NOTICE, CODE, OFFER, ABROAD, BRAND]))
def test_any_words_are_read_without_a_crash(words: str, one: Template | Signature) -> None:
    """A reviewer may write anything."""
    advise(words, one)
