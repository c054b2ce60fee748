"""What the bot sends of flows and rules: pictures, files, simulations, the cards of proposals."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.outbox.links import Ticket
from bot.outbox.reports import picture
from cards import content
from cards import proposal as face
from cards.documents.sample import sample
from cards.types import File, Text
from flow import workbook as book
from flow.access.permissions import able_to
from flow.definitions.business import FLOW
from flow.errors import FlowError
from flow.export import own_papers
from flow.publishing.drafts import names, view_facts
from flow.publishing.judgement import ON, print_of
from flow.publishing.proposals import PUBLISH, show_again, texts_of
from flow.records import outbox
from flow.simulation import simulate, simulation_chart, simulation_numbers, simulation_words
from flow.stats.errors import StatsError
from flow.stats.period import parse_period
from flow.versions import active_texts, active_versions, house
from flow.workbook import Stamp
from models import Proposal, ProposalState
from models.outside import file_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Sequence
    from datetime import datetime
    from typing import Self

    from bot.outbox.links import Links
    from bot.outbox.renderer import ChartRenderer
    from cards.types import Card, Content
    from flow.definitions.business import Bundle
    from flow.desk import Desk
    from flow.simulation import Simulation

FLOW_FORM, COMPARED = "流程", "对比"  #: forms of ``cards.pictures.draw``
TAKES_FILES = frozenset({"dingtalk"})  #: platforms that bring files to an app; WeCom has no such message (D/90239)
LONG = 2.0  #: seconds of silence
MAX_SHOWN = 3  #: flows that a simulation draws; of the others it says how many cases would change


@dataclass(frozen=True, slots=True)
class Definitions:
    """Makes the contents; the deliverer sends them."""

    desk: Desk
    renderer: ChartRenderer
    links: Links
    now: Callable[[], datetime]  #: in the merchant's zone
    tick: Callable[[], float] = time.monotonic

    async def drawing(self, said: dict[str, Any]) -> Content:
        """A flow as a picture; in words what it is of, where it can't be drawn."""
        return await picture(self.renderer, FLOW_FORM, said["data"], said["name"], said["caption"])

    async def workbook(self, said: dict[str, Any], member_id: int) -> list[Content]:
        """The file that people edit, and the link under which it and the text stand and can be sent back."""
        if paper := said.get("paper"):
            return await self._template(paper, said["platform"], member_id)
        flow, policy = said["flow"], said["policy"]
        data = await self.file(flow, policy)
        link = self.links.url(Ticket(flow, policy, member_id), self.now())
        back = "改好的表格直接发回给我，或在这里上传" if said["platform"] in TAKES_FILES else "改好的表格在这里上传"
        return [
            File(data, file_name(f"{flow}.xlsx")),
            Text(f"{back}（24 小时内有效，只给你用，也能看 YAML 原文）：\n{link}", (link,)),
        ]

    async def _template(self, paper: str, platform: str, member_id: int) -> list[Content]:
        """The template of a paper as it is published, or one to begin with."""
        own = (await self.desk.fresh()).papers.get(paper)
        data = await own_papers.kept(own.digest) if own else None
        file = File(data, file_name(own.file)) if own and data else await asyncio.to_thread(_sample, paper)
        flows, policies, policy = await names()
        link = self.links.url(Ticket(flows[0], policy or policies[0], member_id), self.now())
        back = "做好的 XLSX 直接发给我，或在这里上传" if platform in TAKES_FILES else "做好的 XLSX 在这里上传"
        return [file, Text(f"{back}（24 小时内有效，只给你用）：\n{link}", (link,))]

    async def file(self, flow: str, policy: str) -> bytes:
        """The workbook of what is published now."""
        texts, versions = await active_texts(), await active_versions()
        stamp = Stamp(
            flow, policy, {f"{kind}:{name}": n for (kind, name), n in versions.items()}, self.now(), await house()
        )
        return await asyncio.to_thread(book.write_workbook, texts, flow, policy, stamp)

    async def simulation(self, said: dict[str, Any]) -> list[Content]:
        """What a proposal would have done to the cases of a period: in words, with one chart.

        Nothing is written but what its own card then says. Raises FlowError or StatsError as ``simulate`` does.
        """
        proposal = await Proposal.get(id=said["proposal"])
        now = self.now()
        period = parse_period(" ".join(said["period"]), now, self.desk.zone)
        old = await active_texts()
        flows, _, policy = await names()
        texts = texts_of(proposal)
        new = {**old, **texts}
        async with Patience(self.tick, lambda words: self._say(said, words)) as patience:
            try:
                each = [
                    await simulate(old, new, flow, policy, period, patience.progress, now=now)
                    for flow in reached(texts, old, flows)
                ]
            except (FlowError, StatsError) as error:  # said on the card too: it has been tried
                await self._keep(proposal, {"effect": f"推算不出来：{error}", ON: print_of(new)})
                raise
        found = sorted([sim for sim in each if sim.compared] or each[:1], key=lambda sim: -sim.changed)
        shown = [simulation_words(sim) for sim in found[:MAX_SHOWN]]
        more = [f"{sim.flow}：{effect([sim])}" for sim in found[MAX_SHOWN:]]
        kept = {"effect": effect(found), "words": "\n\n".join([*shown, *more]), "numbers": simulation_numbers(found)}
        await self._keep(proposal, kept | {ON: print_of(new)})
        images = [
            await picture(self.renderer, COMPARED, simulation_chart(sim), "模拟.png", words)
            for sim, words in zip(found[:MAX_SHOWN], shown, strict=True)
        ]
        return [*images, *([Text("另外\n" + "\n".join(more))] if more else [])]

    async def _say(self, said: dict[str, Any], words: str) -> None:
        """A word in between: a row without a member overtakes the one that is being worked on for them."""
        to = {key: said.get(key) for key in ("platform", "chat", "userid")}
        key = f"progress:{said['proposal']}:{secrets.token_hex(8)}"
        await outbox.put([outbox.row("reply", key, self.now(), payload=to | {"face": content.pack(Text(words))})])

    async def _keep(self, proposal: Proposal, simulated: dict[str, Any]) -> None:
        """On its cards, unless it has become another change while we calculated."""
        if await Proposal.filter(id=proposal.id, version=proposal.version).update(simulated=simulated):
            await show_again(proposal, self.now(), await self._publishers(proposal))

    async def _publishers(self, proposal: Proposal) -> list[int]:
        """Whoever is asked to publish it, and waits for its numbers; nobody while it is a draft."""
        if proposal.state is not ProposalState.ASKED:
            return []
        able = able_to(self.desk.business.matrix, await self.desk.staff.now(), PUBLISH)
        return [person.id for person in able if person.id != proposal.author_id]

    async def card(self, proposal_id: int, member_id: int) -> Card:
        """A proposal as it is now, for one reader."""
        proposal = await Proposal.get(id=proposal_id)
        view = face.ProposalView(**await view_facts(proposal, (await self.desk.staff.now()).by_id))
        return face.card(view, mine=proposal.author_id == member_id, now=self.now(), reader=member_id)


def _sample(paper: str) -> File:
    return File(sample(paper), f"{paper} 打印模板.xlsx")


@dataclass(slots=True)
class Patience:
    """Says once how far long work has come; what it says is on its way when the block ends."""

    tick: Callable[[], float]  #: seconds
    say: Callable[[str], Coroutine[None, None, None]]
    _until: float = 0.0
    _saying: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._until = self.tick() + LONG
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._saying:
            await self._saying

    def progress(self, done: int, total: int) -> None:
        """So much is done."""
        if self._saying is None and done < total and self.tick() >= self._until:
            self._saying = asyncio.create_task(self.say(f"还在模拟：已算 {done:,} / {total:,} 单"))


def reached(texts: Collection[tuple[str, str]], old: Bundle, flows: Sequence[str]) -> list[str]:
    """The flows that a change reaches: those that it changes, or all, where it is of what all share.

    A flow that there was not before has no past.
    """
    shared = any(kind != FLOW for kind, _ in texts)
    found = [name for name in flows if (FLOW, name) in old and (shared or (FLOW, name) in texts)]
    return found or list(flows[:1])


def effect(found: Sequence[Simulation]) -> str:
    """``上季度：128 单里 37 单会变``."""
    compared, changed = (sum(getattr(sim, part) for sim in found) for part in ("compared", "changed"))
    return f"{found[0].period.label}：{compared:,} 单里 {changed:,} 单会变"
