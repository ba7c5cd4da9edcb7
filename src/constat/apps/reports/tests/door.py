"""A person at the public form, for tests: reads the page, answers, presses a button. No script, no cookie."""

import html
import re
from typing import Any
from urllib.parse import urlencode

from django.test import Client

STATE = re.compile(r'name="state" value="([^"]*)"')
STEP = re.compile(r'name="step" value="([^"]*)"')
CODE = re.compile(r"\d{4} \d{4} \d{4} \d{4}")


class Visitor:
    def __init__(self, language: str = "fr", address: str = "127.0.0.1") -> None:
        self.client = Client(enforce_csrf_checks=True, REMOTE_ADDR=address)
        self.url = f"/signaler/{language}/questions/"
        self.page = ""
        self.response: Any = None
        self.post({"do": "start"})

    def post(self, data: dict[str, Any]) -> str:
        body = urlencode(data, doseq=True)
        self.response = self.client.post(self.url, body, content_type="application/x-www-form-urlencoded")
        self.page = self.response.content.decode()
        assert not self.response.cookies, "the public form sets no cookie"
        assert "<script" not in self.page
        return self.page

    @property
    def step(self) -> str:
        found = STEP.search(self.page)
        return found.group(1) if found else ""

    @property
    def token(self) -> str:
        found = STATE.search(self.page)
        assert found, self.page
        return html.unescape(found.group(1))

    def answer(self, do: str = "next", **values: Any) -> str:
        checking = {"checking": "1"} if 'name="checking"' in self.page else {}
        return self.post({"state": self.token, "step": self.step, "do": do, **checking, **values})

    def through(self, **answers: dict[str, Any]) -> str:
        """Answer every question up to the check page: step name -> its fields; the others are passed over."""
        for _count in range(40):
            if self.step == "check":
                return self.page
            before = self.step
            self.answer(**answers.get(before, {}))
            assert self.step != before, f"stuck at {before}: {self.page}"
        raise AssertionError("the form never ends")

    def send(self) -> str:
        self.answer("send")
        found = CODE.search(self.page)
        assert found, self.page
        return found.group(0)


WORDS = {"words": {"words": "On a tiré sur le marché.\r\n  Deux morts."}}
