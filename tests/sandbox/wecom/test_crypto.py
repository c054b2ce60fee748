"""The fake WeCom's envelopes, judged by the platform's own crypto and by wechatpy."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from typing import Any

import pytest
from wechatpy.enterprise.crypto import WeChatCrypto

from sandbox.wecom.crypto import Crypto, CryptoError
from sandbox.wecom.envelope import EnvelopeError, build, parse, text_of
from tests import HERE
from tests.support.wecom_stage import AES_KEY, AGENT, CORP, TOKEN

PEER = HERE / "peers" / "wecom"
TEXTS = [
    "退货 20261122",
    "😀 表情和 ]]> 结尾",
    "<xml>&amp;</xml>",
    "]]>]]>",
    "a" * 31,  # the padding is a whole block of its own
    "长" * 700,
]


@pytest.fixture
def crypto() -> Crypto:
    return Crypto(TOKEN, AES_KEY, CORP)


def unavailable(why: str) -> None:
    """The witness is wanted by name: its absence fails in CI and is told elsewhere."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"npm @wecom/crypto cannot be used: {why}")


def run_npm_peer(question: dict[str, Any]) -> Any:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        unavailable("no node")
    if not (PEER / "node_modules").exists():
        install = subprocess.run([npm or "", "ci", "--no-audit", "--no-fund"], cwd=PEER, capture_output=True)
        if install.returncode:
            unavailable("npm ci failed")
    asked = json.dumps(question).encode()
    answer = subprocess.run([node or "", "crypto.cjs"], cwd=PEER, input=asked, capture_output=True, check=True)
    return json.loads(answer.stdout)


def test_npm_wecom_crypto_agrees(crypto: Crypto) -> None:
    sealed = [{"timestamp": "1763773200", "nonce": "n1", "encrypted": crypto.encrypt(text)} for text in TEXTS]
    answer = run_npm_peer({"token": TOKEN, "key": AES_KEY, "receiver": CORP, "sealed": sealed, "plain": TEXTS})
    assert [each["message"] for each in answer["opened"]] == TEXTS
    assert {each["id"] for each in answer["opened"]} == {CORP}
    assert [each["signature"] for each in answer["opened"]] == [
        crypto.sign(each["timestamp"], each["nonce"], each["encrypted"]) for each in sealed
    ]
    assert [crypto.decrypt(each) for each in answer["closed"]] == TEXTS


@pytest.mark.parametrize("text", TEXTS)
def test_wechatpy_opens_what_the_fake_seals(crypto: Crypto, text: str) -> None:
    message = build([("Content", text), ("AgentID", AGENT)])
    sealed = crypto.encrypt(message)
    opened = WeChatCrypto(TOKEN, AES_KEY, CORP).decrypt_message(
        {"Encrypt": sealed}, crypto.sign("1", "n", sealed), "1", "n"
    )
    assert text_of(parse(opened), "Content") == text


@pytest.mark.parametrize("text", TEXTS)
def test_the_fake_opens_what_wechatpy_seals(crypto: Crypto, text: str) -> None:
    envelope = parse(WeChatCrypto(TOKEN, AES_KEY, CORP).encrypt_message(text, "n", "1"))
    sealed = text_of(envelope, "Encrypt")
    assert crypto.is_signed(text_of(envelope, "MsgSignature"), "1", "n", sealed)
    assert crypto.decrypt(sealed) == text


@pytest.mark.parametrize(
    "sealed",
    [
        pytest.param("not base64!", id="not base64"),
        pytest.param(base64.b64encode(bytes(15)).decode(), id="no whole block"),
        pytest.param(base64.b64encode(bytes(64)).decode(), id="another key"),
        pytest.param(Crypto(TOKEN, AES_KEY, "wwother").encrypt("x"), id="another receiver"),
        pytest.param("", id="empty"),
    ],
)
def test_a_damaged_envelope_stays_shut(crypto: Crypto, sealed: str) -> None:
    with pytest.raises(CryptoError):
        crypto.decrypt(sealed)


def test_control_characters_do_not_break_the_xml() -> None:
    assert text_of(parse(build([("Content", "a\x00\x0bb")])), "Content") == "ab"


@pytest.mark.parametrize("document", ["", "hello", "<json/>", "<xml>"])
def test_other_documents_are_refused(document: str) -> None:
    with pytest.raises(EnvelopeError):
        parse(document)
