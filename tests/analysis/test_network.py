"""Who is linked to whom, who stands between, what moves: graphs computed by hand, simulated truth, refusals."""

import json
from datetime import date
from itertools import product

import networkx as nx
import numpy as np
import pytest

from constat.analysis.command import main
from constat.analysis.errors import InputError
from constat.analysis.network.figures import figure, page
from constat.analysis.network.links import as_of, network
from constat.analysis.network.routes import routes
from constat.analysis.network.ties import PersonError, Tie, read_ties

DAY = date(2024, 6, 1)


def test_a_star_and_a_tail_by_hand():
    """Hub with three leaves, one of them with a tail: 10 pairs; hub lies between 5 of its 6, the leaf with the tail 3 of 6."""
    ties = [Tie("hub", leaf, 1.0) for leaf in ("a", "b", "c")] + [Tie("c", "tail", 1.0)]
    found = network(ties, DAY)
    by = {b.name: b for b in found.brokers}
    assert by["hub"].between == pytest.approx(5 / 6)
    assert by["c"].between == pytest.approx(3 / 6)
    assert by["a"].between == 0
    assert [by[name].holds for name in ("hub", "c", "a", "tail")] == [1, 1, 0, 0]
    assert (by["hub"].low, by["hub"].high) == (by["hub"].between, by["hub"].between)
    assert found.brokers[0].name == "hub"
    assert found.parts == (("a", "b", "c", "hub", "tail"),)


def test_ties_stand_from_their_first_day_to_their_last():
    ties = [
        Tie("a", "b", 0.9, date(2024, 1, 1), date(2024, 6, 1), "truce"),
        Tie("b", "a", 0.4, date(2024, 3, 1), None, "trade"),
        Tie("b", "c", 1.0, date(2024, 6, 2)),
        Tie("c", "d", 1.0, None, date(2024, 5, 31)),
    ]
    on = as_of(ties, DAY)
    assert [(link.one, link.other, link.confidence, link.ties) for link in on] == [
        ("a", "b", 0.9, ("trade", "truce"))
    ]
    assert (on[0].since, on[0].until) == (date(2024, 1, 1), None)
    later = network(ties, date(2024, 6, 2), before=date(2024, 5, 31))
    assert later.begun == (("b", "c"),)
    assert later.ended == (("c", "d"),)
    assert later.links[0].confidence == 0.4


def test_draws_agree_with_adding_up_every_graph():
    """Chance that c holds the rest together: every one of 32 graphs, weighed."""
    links = {("a", "b"): 0.7, ("b", "c"): 0.6, ("c", "d"): 0.8, ("a", "c"): 0.3, ("d", "e"): 0.5}
    exact = {name: np.zeros(2) for name in "abcde"}
    for there in product((0, 1), repeat=5):
        graph = nx.Graph()
        graph.add_nodes_from("abcde")
        weight = 1.0
        for (pair, p), is_in in zip(links.items(), there, strict=True):
            weight *= p if is_in else 1 - p
            if is_in:
                graph.add_edge(*pair)
        cut = set(nx.articulation_points(graph))
        for name, score in nx.betweenness_centrality(graph).items():
            exact[name] += weight * np.array([score, name in cut])
    found = network([Tie(*pair, p) for pair, p in links.items()], DAY, draws=4000)
    for one in found.brokers:
        assert (one.between, one.holds) == pytest.approx(tuple(exact[one.name]), abs=0.03)


def test_intervals_cover_the_true_betweenness():
    """60 true graphs drawn from the same chances: 90 % intervals cover at least 85 % of the true scores."""
    rng = np.random.default_rng(3)
    names = [f"g{i}" for i in range(8)]
    ties = [
        Tie(a, b, float(rng.uniform(0.3, 1)))
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        if rng.random() < 0.5
    ]
    by = {b.name: b for b in network(ties, DAY, draws=400).brokers}
    inside = total = 0
    for _ in range(60):
        truth = nx.Graph()
        truth.add_nodes_from(by)
        truth.add_edges_from((t.one, t.other) for t in ties if rng.random() < t.confidence)
        for name, score in nx.betweenness_centrality(truth).items():
            inside += by[name].low - 1e-12 <= score <= by[name].high + 1e-12
            total += 1
    assert inside / total >= 0.85


# Ways and checkpoints -------------------------------------------------------------------------------------------------


def roads(confidence=1.0):
    """A to D: by B 4 hours (one of them the delay of checkpoint post at B-D), by C 5 hours."""
    return [
        Tie("A", "B", 1.0, cost=2),
        Tie("B", "D", confidence, cost=1, checkpoint="post", delay=1),
        Tie("A", "C", 1.0, cost=3),
        Tie("C", "D", 1.0, cost=2),
    ]


def test_ways_and_their_confidence_by_hand():
    found = routes(roads(0.5), DAY, between=[("A", "D")])
    assert [(w.places, w.cost, w.confidence, w.checkpoints) for w in found.ways] == [
        (("A", "B", "D"), 4, 0.5, ("post",)),
        (("A", "C", "D"), 5, 1.0, ()),
    ]
    assert found.reachable == 1


def test_a_checkpoint_that_goes_away_shifts_nothing_but_time():
    found = routes(roads(), DAY, between=[("A", "D")], checkpoint="post")
    assert found.shifts == ()
    assert found.longer == -1


def test_a_checkpoint_that_moves_sends_the_way_round():
    """Onto C-D: A-D still goes by B, an hour quicker. From C to D: 2 hours become 3, still direct. Onto A-B with a longer
    delay: the way turns to C."""
    slow = [
        t if t.checkpoint == "" else Tie("B", "D", 1.0, cost=1, checkpoint="post", delay=3) for t in roads()
    ]
    assert routes(slow, DAY, between=[("A", "D")]).ways[0].places == ("A", "C", "D")
    found = routes(slow, DAY, between=[("A", "D")], checkpoint="post", onto=("D", "C"))
    change = {(s.one, s.other): s.change for s in found.shifts}
    assert change == {("A", "B"): 1, ("B", "D"): 1, ("A", "C"): -1, ("C", "D"): -1}
    assert found.longer == 3 - 5
    half = [t if t.one != "B" else Tie("B", "D", 0.5, cost=1, checkpoint="post", delay=3) for t in slow]
    unsure = routes(half, DAY, between=[("A", "D")], checkpoint="post", onto=("C", "D"), draws=2000)
    gain = {(s.one, s.other): s for s in unsure.shifts}["A", "B"]
    assert gain.change == pytest.approx(0.5, abs=0.04)
    assert (gain.low, gain.high) == (0, 1)


def test_equal_ways_share_the_traffic():
    even = [Tie("A", "B", 1.0, cost=1), Tie("B", "D", 1.0, cost=1, checkpoint="p", delay=1), Tie("A", "C", 1.0, cost=1),
            Tie("C", "D", 1.0, cost=1)]  # fmt: skip
    found = routes(even, DAY, between=[("A", "D")], checkpoint="p")
    assert {(s.one, s.other): (s.before, s.after) for s in found.shifts}["A", "B"] == (0, 0.5)


def test_reachability_is_the_chance_that_a_way_is_there():
    ties = [Tie("A", "B", 0.5, cost=1), Tie("A", "C", 0.5, cost=1), Tie("C", "B", 0.8, cost=1)]
    found = routes(ties, DAY, between=[("A", "B")], draws=6000)
    assert found.reachable == pytest.approx(1 - 0.5 * (1 - 0.5 * 0.8), abs=0.02)


# Refused and wrong ----------------------------------------------------------------------------------------------------


def test_too_little_is_refused_with_the_reason():
    assert "nobody can stand between" in network([Tie("a", "b", 1.0)], DAY).reason
    assert network([Tie("a", "b", 1.0, until=date(2020, 1, 1))], DAY).refused
    assert routes([Tie("a", "b", 1.0, until=date(2020, 1, 1))], DAY).refused
    assert page(network([Tie("a", "b", 1.0)], DAY)).reason


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: routes(roads(), DAY, between=[("A", "X")]), "'X'"),
        (lambda: routes(roads(), DAY, between=[("A", "A")]), "itself"),
        (lambda: routes(roads(), DAY, checkpoint="none"), "there are post"),
        (lambda: routes(roads(), DAY, checkpoint="post", onto=("A", "D")), "No stretch between 'A' and 'D'"),
        (lambda: routes([Tie("A", "B", 1.0), Tie("B", "C", 1.0)], DAY), "no.* cost|cost"),
        (lambda: network([Tie("a", "a", 1.0)], DAY), "tie 1: 'a' is tied to itself"),
        (lambda: network([Tie("a", "b", 1.2)], DAY), "confidence 1.2"),
        (lambda: network([Tie("a", "b", float("nan"))], DAY), "confidence nan"),
        (lambda: network([Tie("a", "b", 1, DAY, date(2020, 1, 1))], DAY), "before it begins"),
        (lambda: network([Tie("a", "b", 1), Tie("b", "a", 1)], DAY), "tie 2: the same tie"),
        (lambda: network([Tie("a", "b", 1)], DAY, before=DAY), "not before"),
        (lambda: network([Tie("a", "b", 1)], DAY, draws=1), "20 or more"),
    ],
)
def test_wrong_ties_are_named(call, says):
    with pytest.raises(InputError, match=says):
        call()


HEAD = "from,to,from_kind,to_kind,confidence,since,until"
GOOD = [
    HEAD,
    "north,south,group,group,0.9,2024-01-01,",
    "south,market,group,place,0.7,,",
    "market,east,place,group,0.8,,",
]


def written(path, lines):
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([HEAD, "A B,C D,person,person,0.9,,"], "line 2, column from_kind: 'person' is a person"),
        ([HEAD, "north,C D,group,Commander,0.9,,"], "line 2, column to_kind: 'Commander' is a person"),
        (["from,to,kind,confidence", "x,y,individual,0.5"], "'individual' is a person"),
        (["from,to,kind,confidence", "x,y,Personne,0.5"], "is a person"),
        (["from,to,kind,confidence,phone", "x,y,group,0.5,123"], "the column 'phone' is of persons"),
        (["from,to,kind,confidence,Prénom", "x,y,group,0.5,z"], "is of persons"),
    ],
)
def test_a_table_of_persons_is_refused(tmp_path, capsys, lines, says):
    path = written(tmp_path / "t.csv", lines)
    with pytest.raises(PersonError, match="no aid to finding"):
        read_ties(path, latest=DAY)
    assert main(["network", path, "--nodes", "group"]) == 1
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["from,to,confidence", "x,y,0.5"], "line 2: of what kind are they"),
        ([HEAD, "x,y,group,planet,0.5,,"], "'planet' is no kind"),
        ([HEAD, "x,y,group,group,nan,,"], "line 2, column confidence: 'nan'"),
        ([HEAD, "x,y,group,group,,,"], "line 2, column confidence: nothing stands here"),
        ([HEAD, "x,y,group,group,0.5,2999-01-01,"], "lies in the future"),
        ([HEAD, "x,y,group,group,0.5,,", "y,x,group,group,0.6,,"], "line 3: the same tie stands on line 2"),
        (["x,y,1"], "no column|must name"),
        (["from,to,kind,confidence,hours", "x,y,place,0.5,"], "column hours: nothing"),
    ],
)
def test_wrong_files_are_named(tmp_path, capsys, lines, says):
    import re

    assert main(["network", written(tmp_path / "t.csv", lines)]) == 1
    assert re.search(says, capsys.readouterr().err)


def test_the_command_answers(tmp_path, capsys):
    path = written(tmp_path / "t.csv", GOOD)
    assert main(["network", path, "--on", "2024-06-01", "--before", "2023-12-31", "--json", "--html",
                 str(tmp_path / "a.html")]) == 0  # fmt: skip
    found = json.loads(capsys.readouterr().out)
    assert set(found["links"][0]) == {"from", "to", "confidence", "ties", "since", "until"}
    assert found["begun"] == [["north", "south"]]
    assert found["brokers"][0].keys() == {"name", "between", "low", "high", "holds"}
    assert "Not persons" in (tmp_path / "a.html").read_text("utf-8")
    lines = ["from\tto\thours\tconfidence\tcheckpoint\tdelay", "A\tB\t2\t1\t\t", "B\tD\t1\t1\tpost\t3", "A\tC\t3\t1\t\t",
             "C\tD\t2\t1\t\t"]  # fmt: skip
    path = written(tmp_path / "r.tsv", lines)
    assert main(["network", path, "--nodes", "place", "--from", "A", "--to", "D", "--checkpoint", "post", "--onto", "C", "D",
                 "--json", "--html", str(tmp_path / "b.html")]) == 0  # fmt: skip
    found = json.loads(capsys.readouterr().out)
    assert found["ways"][0]["places"] == ["A", "C", "D"]
    assert found["longer"] == -2
    assert all({"confidence", "low", "high"} <= shift.keys() for shift in found["shifts"])
    assert main(["network", path, "--nodes", "place", "--from", "A"]) == 1
    assert main(["network", path, "--nodes", "person"]) == 1


def test_every_figure_carries_n_and_interval():
    made = figure(routes(roads(0.5), DAY, checkpoint="post"))
    assert made["usermeta"]["n"] and made["usermeta"]["interval"]
