"""Read two real surveys with their uncertainty: airport guests (SFO 2014 to 2018), and what money transfers should do.

Data: the guest surveys of San Francisco International Airport, the Kano survey of Reppel (2022), and a sample of
complaints to the Consumer Financial Protection Bureau. None is shipped with crmrisk: set CRMRISK_DATA to the folder
that holds ``sfo_survey_2017.parquet`` and the others. ``python satisfaction.py plots`` also saves the charts to the
folder ``plots`` (extra ``plot``).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from crmrisk import satisfaction as sat

if TYPE_CHECKING:
    from crmrisk.core.charts import Chart, PointChart

DATA = Path(os.environ.get("CRMRISK_DATA", Path(__file__).parents[2] / "shared" / "data"))
ITEMS = {
    "Q7ART": "art",
    "Q7FOOD": "food",
    "Q7STORE": "shops",
    "Q7SIGN": "signs",
    "Q7WALKWAYS": "walkways",
    "Q7SCREENS": "screens",
    "Q7WIFI": "wifi",
}
ASSUMED_MET = {"F6": 0.9, "F7": 0.6, "F8": 0.85, "F9": 0.3, "F10": 0.45, "F11": 0.5}  # nobody asked: a plan's guess


class Report(NamedTuple):
    """What the surveys say."""

    waves: sat.NetPromoterWaves
    weighted: sat.NetPromoterWaves
    clustered: sat.NetPromoterWaves
    satisfied: dict[int, sat.Comparison]
    reliability: sat.Reliability
    drivers: sat.DriverAnalysis
    traps: dict[str, sat.DriverAnalysis]
    penalties: sat.PenaltyRewardAnalysis
    actions: sat.ImportancePerformance
    requirements: tuple[sat.Requirement, ...]
    priorities: sat.KanoPriorities
    swot: sat.SwotTable
    signals: sat.TextSignals


def runs(survey: pd.DataFrame) -> pd.Series:
    """Tell which guests were asked at one gate before one flight; who has no run is one alone."""
    return survey["RUNID"].fillna("guest " + survey["RESPNUM"].astype(str))


def recommendations() -> pd.DataFrame:
    """Read who would recommend the airport; 11 is a blank."""
    years = [pd.read_parquet(DATA / f"sfo_survey_{year}.parquet").assign(year=year) for year in (2017, 2018)]
    survey = pd.concat(years, ignore_index=True)
    answer = pd.to_numeric(survey["NETPRO"], errors="coerce")
    weight = pd.to_numeric(survey["WEIGHT"])
    return pd.DataFrame(
        {"year": survey["year"], "answer": answer.where(answer != 11), "weight": weight, "run": runs(survey)}
    )


def recommend() -> tuple[sat.NetPromoterWaves, sat.NetPromoterWaves, sat.NetPromoterWaves]:
    """Estimate the net promoter score by year: as answered, weighted, and weighted with guests of one flight alike."""
    survey = recommendations()
    asked = (survey["year"], survey["answer"])
    return (
        sat.net_promoter_waves(*asked, missing="exclude"),
        sat.net_promoter_waves(*asked, weights=survey["weight"], missing="exclude"),
        sat.net_promoter_waves(*asked, weights=survey["weight"], clusters=survey["run"], missing="exclude"),
    )


def guests() -> pd.DataFrame:
    """Read the ratings of five years, 1 to 5; blanks and "never used" are missing already."""
    return pd.read_parquet(DATA / "sfo_survey_harmonised_2014_2018.parquet").rename(columns=ITEMS)


def satisfied(ratings: pd.DataFrame) -> dict[int, sat.Comparison]:
    """Estimate the share of 4 and 5 by year, and compare each year with the one before."""
    rated = ratings.dropna(subset="Q7ALL")
    shares = sat.by_segment(rated["year"], sat.csat, rated["Q7ALL"])
    return {year: sat.compare_proportions(shares[year], shares[year - 1]) for year in list(shares)[1:]}


def by_area() -> sat.SegmentEstimates:
    """Estimate the share of 4 and 5 by boarding area in 2018, runs as clusters, intervals that hold all at once."""
    survey = pd.read_parquet(DATA / "sfo_survey_2018.parquet")
    answer = pd.to_numeric(survey["Q7ALL"], errors="coerce")
    rated = answer.isin(range(1, 6)) & survey["BAREA"].notna()
    columns = {"segments": survey["BAREA"], "answers": answer, "clusters": runs(survey)}
    asked = {name: column[rated] for name, column in columns.items()}
    return sat.by_segment(estimator=sat.csat, simultaneous="bonferroni", **asked)


def traps(ratings: pd.DataFrame) -> dict[str, sat.DriverAnalysis]:
    """Study the same drivers as one should not: codes read as answers, and only guests who use everything."""
    raw = pd.read_parquet(DATA / "sfo_survey_2017.parquet").apply(pd.to_numeric, errors="coerce")
    everything = [name for name in raw if name.startswith("Q7") and name != "Q7ALL"]
    names = [ITEMS.get(name, name) for name in everything]
    return {
        "codes read as answers": sat.key_drivers(raw["Q7ALL"].fillna(0), raw[everything], interval=None),
        "users of everything": sat.key_drivers(ratings["Q7ALL"], ratings[names], missing="exclude", interval=None),
        "weighted": sat.key_drivers(
            ratings["Q7ALL"],
            ratings[list(ITEMS.values())],
            weights=ratings["WEIGHT"],
            missing="exclude",
            interval=None,
        ),
    }


def needs() -> tuple[sat.Requirement, ...]:
    """Classify what 358 users say of six features of money transfers."""
    survey = pd.read_parquet(DATA / "kano_long.parquet").query("survey == 'transfers--all_cohorts'")
    return sat.kano_requirements(
        survey["feature"],
        survey["functional_raw"],
        survey["dysfunctional_raw"],
        importance=survey["importance_raw"].str[0].astype(int),
        respondent=survey["respondent"],
        scale=sat.COMMON_SCALE,
    )


def complaints() -> sat.TextSignals:
    """Read topics and polarity of complaints; these texts are the issues people ticked, not their own words."""
    sample = pd.read_parquet(DATA / "cfpb_complaints_sample.parquet")
    return sat.text_signals(
        sample["Issue"] + "; " + sample["Sub-issue"].fillna(""),
        customer_id=sample["Complaint ID"],
        at=sample["Date received"],
        entity=sample["Company"],
    )


def study_guests() -> Report:
    """Run everything."""
    plain, weighted, clustered = recommend()
    ratings = guests()
    year = ratings[ratings["year"] == 2017]
    overall, items = year["Q7ALL"], year[list(ITEMS.values())]
    requirements = needs()
    return Report(
        waves=plain,
        weighted=weighted,
        clustered=clustered,
        satisfied=satisfied(ratings),
        reliability=sat.scale_reliability(items, missing="exclude", scale="airport"),
        drivers=sat.key_drivers(overall.rename("overall satisfaction"), items, missing="exclude"),
        traps=traps(year),
        penalties=sat.penalty_reward(overall, items, best=5, worst=1, missing="exclude"),
        actions=sat.importance_performance(overall, items, missing="exclude"),
        requirements=requirements,
        priorities=sat.kano_priorities(requirements, performance=ASSUMED_MET),
        swot=sat.kano_swot(requirements, ASSUMED_MET, title="Money transfers (how far each is met: assumed)"),
        signals=complaints(),
    )


def charts(found: Report) -> dict[str, Chart | PointChart]:
    """Return the pictures, as data."""
    areas = by_area()
    last = min(areas, key=lambda area: areas[area].high)
    better = [area for area in areas if areas[area].low > areas[last].high]
    title = f"Boarding area {last} satisfies fewer guests than {' and '.join(better) or 'none for sure'}"
    return {
        "nps": found.clustered.chart(),
        "areas": areas.chart(title=title, label="gave 4 or 5 of 5 [share of 1]", by="boarding area"),
        "drivers": found.drivers.chart(),
        "importance_performance": found.actions.chart(),
        "kano": sat.kano_map(found.requirements).chart(),
    }


def tell_scores(found: Report) -> None:
    """Print what guests say, each figure with its interval, each difference with a verdict."""
    print("Would you recommend the airport?  Net promoter score, -1 to 1")
    for name in ("waves", "weighted", "clustered"):
        waves = getattr(found, name)
        print(f"  {name if name != 'waves' else 'as answered'}")
        for wave in waves:
            print(f"    {wave.name}: {100 * wave.estimate.value:6.2f} points   {wave.estimate}")
        print(f"    change: {waves[1].change}")
    print(
        "\nSatisfied overall (4 or 5 of 5), against the year before; flights are unknown here, so intervals are short"
    )
    for year, change in found.satisfied.items():
        print(f"  {year}: {change}")
    print(f"\nDo seven ratings measure one thing?\n  {found.reliability}")


def tell_drivers(found: Report) -> None:
    """Print what drives satisfaction, and which published traps these data set."""
    study = found.drivers
    columns = ["driver", "importance", "low", "high", "share", "probability_of_rank", "sign"]
    print(f"\nWhat drives overall satisfaction?  R2 {study.r_squared}")
    print(study.frame()[columns].round(3).to_string(index=False))
    print("\nTraps")
    for name, other in found.traps.items():
        explained = f"R2 {other.r_squared.value:.2f} of {len(other.names)} items, n {other.n}"
        print(f"  {name}: {explained}, {other.ranked[0].name} leads")
    wrong = [driver.name for driver in found.traps["users of everything"].drivers if driver.coefficient < 0]
    print(f"  signs: coefficients of {', '.join(wrong)} are negative, their correlations positive")
    print(f"  halo: {100 * study.common_variance:.0f} % of the variance of the items lies in one direction")
    print(f"  ranks: {study.ranked[0].name} leads in {100 * study.ranked[0].rank_probability[0]:.0f} % of resamples")
    classes = {driver.asymmetry_class for driver in found.penalties.drivers}
    print(f"  ceiling: penalties and rewards are {', '.join(sorted(map(str, classes)))} for every item")
    print("\nWhat to do first")
    print(found.actions.frame()[["driver", "performance", "derived", "quadrant", "certainty"]].round(3).to_string())


def tell_needs(found: Report) -> None:
    """Print what features are to users, what comes first, and what complaints are about."""
    print("\nWhat are features of money transfers to users?")
    for each in found.requirements:
        sure = f"P {each.stability:.3f}, n {each.n:g}"
        print(
            f"  {each.name:4}{each.category!s:17}{sure}   better {each.better.value:.2f} worse {each.worse.value:.2f}"
        )
    print(f"\n{found.priorities}\n\n{found.swot}")
    topics = found.signals.mentions().groupby("topic", observed=True)["polarity"].agg(["size", "mean"]).round(2)
    print("\nWhat are complaints about?  Mentions and mean polarity, -1 to 1")
    print(topics.sort_values("size", ascending=False).to_string())


def main(folder: Path | None = None) -> Report:
    """Run the whole job, print it, and save the charts if there is a folder for them."""
    found = study_guests()
    for tell in (tell_scores, tell_drivers, tell_needs):
        tell(found)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, chart in charts(found).items():
            chart.plot().figure.savefig(folder / f"{name}.png", dpi=120)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
