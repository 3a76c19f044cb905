"""Compares what both sides sent, has each difference judged, and writes REPORT.md.

    report.py SEEN [--check]

SEEN holds `ours.json` and `theirs.json`. A difference, or a schema's objection, that
`judgements.toml` does not judge ends the script with 1; so does a judgement that nothing
needs. `--check` compares with the committed report instead of writing it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli
from compare import Difference, as_judged, of_attempts
from drive import cases, read
from referee import Referee

HERE = Path(__file__).parent
REPORT = HERE / "REPORT.md"
SHOWN = 160

#: Who is right.
VERDICTS = {
    "ours": "ours right",
    "theirs": "theirs right",
    "both": "both right",
    "neither": "neither right",
    "unclear": "cannot tell",
}
#: What a schema's objection means.
OBJECTIONS = {
    "wrong": "the body is wrong",
    "caller": "the caller's own words, sent as they are",
    "schema": "the schema is behind or wrong",
    "unclear": "cannot tell",
}


@dataclass
class Judgement:
    """Of the differences whose provider, place and values its patterns match."""

    title: str
    verdict: str
    why: str
    evidence: str
    provider: list[str]
    place: str
    #: For differences: patterns of the values. For objections: `side` and a pattern of the message.
    ours: str = ""
    theirs: str = ""
    side: str = ""
    message: str = ""
    requests: list[str] = field(default_factory=list)
    #: What is to be done about it, where we are wrong.
    mend: str = ""

    def judges(self, one: Difference) -> bool:
        return self.is_about(one.provider, one.request, one.place) and all(
            re.search(pattern, value) is not None
            for pattern, value in [(self.ours, one.ours), (self.theirs, one.theirs)]
        )

    def is_about(self, provider: str, request: str, place: str) -> bool:
        return (
            provider in self.provider
            and re.fullmatch(self.place, place) is not None
            and (not self.requests or request in self.requests)
        )


@dataclass(frozen=True)
class Objection:
    provider: str
    side: str
    request: str
    place: str
    message: str


def all_judgements() -> dict[str, list[dict[str, Any]]]:
    return {"alike": [], "unread": [], **tomli.loads((HERE / "judgements.toml").read_text())}


def judgements(kind: str) -> list[Judgement]:
    given = all_judgements()[kind]
    known = VERDICTS if kind == "difference" else OBJECTIONS
    found = [Judgement(**{"evidence": "", **entry}) for entry in given]
    for judgement in found:
        assert judgement.verdict in known, f"{judgement.title}: no such verdict: {judgement.verdict}"
    return found


class Report:
    def __init__(self, seen: Path) -> None:
        self.seen = {side: json.loads((seen / f"{side}.json").read_text()) for side in ("ours", "theirs")}
        self.providers: dict[str, Any] = read("providers.json")
        self.names = [case.name for case in cases()]
        self.differences = list(self.all_differences())
        self.objections = list(self.all_objections())
        self.wrong: list[str] = []
        self.judged: dict[str, list[tuple[Judgement, list[Difference]]]] = {}
        self.objected: dict[str, list[tuple[Judgement, list[Objection]]]] = {}

    def compared(self) -> list[str]:
        return [provider for provider in self.providers if provider in self.seen["ours"]]

    def all_differences(self) -> Iterable[Difference]:
        for provider in self.compared():
            for name in self.names:
                yield from of_attempts(provider, name, *(self.seen[side][provider][name] for side in SIDES))

    def all_objections(self) -> Iterable[Objection]:
        for provider, facts in self.providers.items():
            file, root = facts["schema"]
            referee = Referee(file, root)
            streamed = Referee(file, facts["stream_schema"]) if "stream_schema" in facts else referee
            for side in SIDES:
                for name, attempt in self.seen[side].get(provider, {}).items():
                    if "sent" in attempt["drop"]:
                        body = as_judged(provider, attempt["drop"]["sent"]["body"])
                        judge = streamed if body.get("stream") is True else referee
                        for place, message in sorted(judge.objections(body)):
                            yield Objection(provider, side, name, place, message)

    def judge(self) -> None:
        for one in self.differences:
            if not any(judgement.judges(one) for judgement in judgements("difference")):
                self.wrong.append(
                    f"not judged: {one.provider}, {one.place}\n  ours:   {one.ours[:SHOWN]}\n"
                    f"  theirs: {one.theirs[:SHOWN]}\n  request: {one.request}"
                )
        left = list(self.differences)
        for judgement in judgements("difference"):
            mine = [one for one in left if judgement.judges(one)]
            left = [one for one in left if one not in mine]
            if not mine and set(judgement.provider) & set(self.compared()):
                self.wrong.append(f"judged, but no such difference: {judgement.title}")
            for provider in judgement.provider:
                of_it = [one for one in mine if one.provider == provider]
                if of_it:
                    self.judged.setdefault(provider, []).append((judgement, of_it))
        rest = list(self.objections)
        for judgement in judgements("objection"):
            about = [
                one
                for one in rest
                if judgement.is_about(one.provider, one.request, one.place)
                and judgement.side in ("", one.side)
                and re.search(judgement.message, one.message)
            ]
            rest = [one for one in rest if one not in about]
            here = self.compared() if judgement.side == "ours" else self.providers
            if not about and set(judgement.provider) & set(here):
                self.wrong.append(f"judged, but no such objection: {judgement.title}")
            for provider in judgement.provider:
                those = [one for one in about if one.provider == provider]
                if those:
                    self.objected.setdefault(provider, []).append((judgement, those))
        for entry in all_judgements()["alike"]:
            for provider in set(entry["provider"]) & set(self.compared()):
                for name in entry["requests"]:
                    both = [self.body(side, provider, name).get(entry["field"]) for side in SIDES]
                    if both[0] is None or both[0] != both[1]:
                        self.wrong.append(f"judged alike, but it is not: {entry['title']}")
        for objection in rest:
            self.wrong.append(f"objection not judged: {objection}")

    def body(self, side: str, provider: str, request: str) -> Any:
        return self.seen[side][provider][request]["drop"].get("sent", {}).get("body", {})

    def text(self) -> str:
        parts = [HEAD.format(requests=len(self.names), litellm=litellm_version()), self.summary()]
        parts += [self.to_mend(), self.alike()]
        parts += [self.section(provider) for provider in self.providers]
        parts += [self.unread()]
        return "\n".join(parts).rstrip() + "\n"

    def summary(self) -> str:
        names = list(VERDICTS.values())
        rows = [
            "| provider | requests | same | same in effect | " + " | ".join(names) + " |",
            "| --- | ---: | ---: | ---: | " + " | ".join("---:" for _ in names) + " |",
        ]
        for provider, facts in self.providers.items():
            if provider not in self.compared():
                rows.append(
                    f"| {facts['title']} | {len(self.names)} | not in this build |" + " |" * (len(names) + 1)
                )
                continue
            judged = self.judged.get(provider, [])
            differing = {one.request for one in self.differences if one.provider == provider}
            weighty = {
                one.request for judgement, found in judged if judgement.verdict != "both" for one in found
            }
            same, alike = len(self.names) - len(differing), len(differing - weighty)
            cells = [str(same), str(alike)]
            for verdict in VERDICTS:
                those = [found for judgement, found in judged if judgement.verdict == verdict]
                requests = {one.request for found in those for one in found}
                cells.append(f"{len(those)} ({len(requests)})" if those else "0")
            rows.append(f"| {facts['title']} | {len(self.names)} | " + " | ".join(cells) + " |")
        rows += ["", self.objections_table()]
        return "\n".join([*rows, ""])

    def objections_table(self) -> str:
        rows = ["| bodies that the schema refuses | ours | litellm's |", "| --- | ---: | ---: |"]
        for provider, facts in self.providers.items():
            cells = []
            for side in SIDES:
                sent = [
                    name
                    for name, attempt in self.seen[side].get(provider, {}).items()
                    if "sent" in attempt["drop"]
                ]
                refused = {
                    one.request
                    for judgement, found in self.objected.get(provider, [])
                    for one in found
                    if one.side == side and judgement.verdict == "wrong"
                }
                cells.append(f"{len(refused)} of {len(sent)}" if sent else "not in this build")
            rows.append(f"| {facts['title']} | " + " | ".join(cells) + " |")
        return "\n".join(rows)

    def to_mend(self) -> str:
        rows = ["## Ours to mend", ""]
        found = [
            (provider, judgement.title, judgement.mend)
            for judged in (self.judged, self.objected)
            for provider, those in judged.items()
            for judgement, _ in those
        ]
        found += [
            (provider, entry["title"], entry.get("mend", ""))
            for entry in all_judgements()["alike"]
            for provider in entry["provider"]
        ]
        rows += [
            f"- {self.providers[provider]['title']}: {title}. {one_line(mend)}"
            for provider, title, mend in found
            if mend
        ]
        if len(rows) == 2:
            rows.append("Nothing that was found.")
        return "\n".join([*rows, ""])

    def alike(self) -> str:
        rows = ["## Alike, and refused both times", "", "No difference, but known from elsewhere.", ""]
        for entry in all_judgements()["alike"]:
            titles = ", ".join(self.providers[provider]["title"] for provider in entry["provider"])
            rows += [
                f"- **{entry['title']}** ({titles}; {requests(entry['requests'])[:-1]}). "
                f"{one_line(entry['why'])} Evidence: {one_line(entry['evidence'])}"
            ]
        return "\n".join([*rows, ""])

    def unread(self) -> str:
        rows = [
            "## Replies that could not be read",
            "",
            "The server answers in the fewest words that the provider's schema and recordings allow.",
            "",
        ]
        known = all_judgements()["unread"]
        found = set()
        for side in SIDES:
            for provider, attempts in self.seen[side].items():
                for name, attempt in attempts.items():
                    if "failed" not in attempt["drop"]:
                        continue
                    why = [
                        entry
                        for entry in known
                        if (entry["side"], entry["provider"], entry["request"]) == (side, provider, name)
                    ]
                    if not why:
                        self.wrong.append(f"reply not read: {side}, {provider}, {name}: {attempt['drop']}")
                        continue
                    found.add(why[0]["why"])
                    rows.append(
                        f"- {NAMES[side]}, {self.providers[provider]['title']}, {name}: "
                        f"{code(cut(attempt['drop']['failed']))}. {one_line(why[0]['why'])} "
                        f"Evidence: {one_line(why[0]['evidence'])}"
                    )
        self.wrong += [
            f"judged, but it was read: {entry['request']}" for entry in known if entry["why"] not in found
        ]
        return "\n".join([*rows, *([] if found else ["None."]), ""])

    def section(self, provider: str) -> str:
        facts = self.providers[provider]
        rows = [f"## {facts['title']}", ""]
        if provider not in self.compared():
            rows += [
                "Roocode's side is not in this build; litellm's bodies are judged by the schema alone.",
                "",
            ]
        order = list(VERDICTS)
        for judgement, found in sorted(
            self.judged.get(provider, []), key=lambda entry: order.index(entry[0].verdict)
        ):
            rows += [f"### {judgement.title}: {VERDICTS[judgement.verdict]}", ""]
            rows += [one_line(judgement.why), ""]
            if judgement.evidence:
                rows += [f"Evidence: {one_line(judgement.evidence)}", ""]
            rows += examples(found)
            rows += [requests(one.request for one in found), ""]
        if provider in self.objected:
            rows += [f"### What {facts['schema'][0]} objects to", ""]
            for objection, those in self.objected[provider]:
                sides = " and ".join(
                    name for side, name in NAMES.items() if any(one.side == side for one in those)
                )
                places = sorted({f"`{one.place or 'the body'}`: {one.message}" for one in those})
                rows.append(
                    f"- **{sides}: {objection.title}** ({OBJECTIONS[objection.verdict]}). "
                    f"{one_line(objection.why)}"
                )
                rows += [f"  - {place}" for place in places[:3]]
                if len(places) > 3:
                    rows.append(f"  - and {len(places) - 3} more places of the kind")
                rows.append(f"  - {requests(one.request for one in those)}")
            rows.append("")
        return "\n".join(rows)


SIDES = ("ours", "theirs")
NAMES = {"ours": "Roocode", "theirs": "litellm"}


def examples(found: list[Difference]) -> list[str]:
    rows = ["| place | Roocode | litellm |", "| --- | --- | --- |"]
    distinct = sorted({(one.place, cut(one.ours), cut(one.theirs)) for one in found})
    rows += [f"| {code(place)} | {code(ours)} | {code(theirs)} |" for place, ours, theirs in distinct[:5]]
    if len(distinct) > 5:
        rows.append(f"| and {len(distinct) - 5} more of the kind | | |")
    return [*rows, ""]


def cut(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN] + " …"


def code(text: str) -> str:
    escaped = text.replace("|", "\\|").replace("\\u0000", "␀")
    return text if text == "—" else f"`` {escaped} ``" if "`" in escaped else f"`{escaped}`"


def requests(names: Iterable[str]) -> str:
    distinct = sorted(set(names))
    if len(distinct) > 12:
        return f"In {len(distinct)} requests."
    return "In: " + "; ".join(distinct) + "."


def one_line(text: str) -> str:
    return " ".join(text.split())


def litellm_version() -> str:
    pinned = re.search(r"^litellm\S*==(\S+)", (HERE / "requirements.txt").read_text(), re.M)
    assert pinned is not None
    return pinned[1]


HEAD = """# The same requests through Roocode and through litellm

Written by `tests/differential/run`; the judgements are in [judgements.toml](judgements.toml).

{requests} canonical chat requests ([requests.json](requests.json)) go through Roocode and through
litellm {litellm} to a server on this machine that keeps what it is sent. Both are told to leave out what a
target does not take; what each does by default is compared, too, as `(by default)`. Each difference is
judged; the referee is the provider's published schema (`specs/…`), recorded traffic (`recordings/…`), or,
where both are silent, what the evidence names.

In the table: differences of each verdict, and in brackets the requests in which they appear. *Same* are
requests in which nothing at all differs, *same in effect* those in which both are right wherever they
differ. The second table counts bodies that the provider's schema refuses, without the caller's own words
and what the schema does not know yet.
"""


def main() -> int:
    report = Report(Path(sys.argv[1]))
    report.judge()
    text = report.text()
    if "--check" in sys.argv and REPORT.read_text() != text:
        report.wrong.append("REPORT.md is not what this run found; write it anew with tests/differential/run")
    for line in report.wrong:
        print(line, file=sys.stderr)
    if "--check" not in sys.argv:
        REPORT.write_text(text)
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
