"""Control charts beside the reference times (R's surveillance, 100 to 156 weeks), effect and change points.

python benchmarks/bench_trend.py
"""

import csv
import time
from pathlib import Path

import numpy as np

from constat.analysis.trend import charts
from constat.analysis.trend.breaks import change_points
from constat.analysis.trend.interrupted import effect

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
# Seconds for 100 to 156 weeks, and the rows of the published answers.
REFERENCE = {
    "farrington_b3w3_a0.01": ("4-7", 5.5, charts.farrington),
    "farringtonFlexible_noufaily_nbPlugin_b3w3": ("9-14", 11.5, charts.farrington_flexible),
    "ears_C1": ("0.1", 0.1, lambda y, watch: charts.ears(y, "ears-c1", watch=watch)),
    "ears_C2": ("0.1", 0.1, lambda y, watch: charts.ears(y, "ears-c2", watch=watch)),
    "ears_C3": ("0.1", 0.1, lambda y, watch: charts.ears(y, "ears-c3", watch=watch)),
    "cusum_poisson_lr_x2_h5": ("0.02", 0.02, charts.cusum),
}


def rows(name):
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main():
    salmonella = np.array([float(r["observed"]) for r in rows("ctrl_salmonella_agona.csv")])
    mali = np.array(
        [
            float(r["events"])
            for r in rows("ctrl_sahel_weekly_from_ged211.csv")
            if r["series"] == "mali_events"
        ]
    )
    published = rows("ctrl_expected_R_surveillance.csv")
    print(
        f"{'method':<44} {'series':<18} {'reference s':>11} {'cpu s':>7} {'ratio':>7}  weeks; largest relative difference; alarms that differ"
    )
    for method, (said, middle, chart) in REFERENCE.items():
        for name, y in (("salmonella_agona", salmonella), ("mali_events", mali)):
            expected = [r for r in published if (r["series"], r["method"]) == (name, method)]
            watch = [int(r["index"]) - 1 for r in expected]
            chart(y, watch=watch[:1])
            start = time.process_time()
            found = chart(y, watch=watch)
            spent = time.process_time() - start
            bound = np.array([float(r["upperbound"]) for r in expected])
            ours = np.array([point.upper for point in found.points])
            apart = float(np.max(np.abs(ours - bound) / np.maximum(bound, 1e-9)))
            other = sum(p.alarm != (r["alarm"] == "1") for p, r in zip(found.points, expected, strict=True))
            print(
                f"{method:<44} {name:<18} {said:>11} {spent:7.3f} {middle / spent:6.0f}x  {len(watch)}; {apart:.1e}; {other}"
            )
    belts = rows("its_uk_seatbelts.csv")
    killed, kms, drivers = (
        np.array([float(r[k]) for r in belts]) for k in ("DriversKilled", "kms", "drivers")
    )
    start = time.process_time()
    found = effect(killed, 169, exposure=kms)
    print(f"\nseat-belt law: {found.ratio:.4f} ({found.low:.4f}-{found.high:.4f}), {len(found.placebos)} placebo dates, "
          f"placebo p {found.placebo_p:.3f}, {time.process_time() - start:.2f} cpu s")  # fmt: skip
    y = np.log10(drivers)
    start = time.process_time()
    dated = change_points(y[12:], np.column_stack([np.ones(180), y[11:-1], y[:-12]]), shortest=0.1, number=2)
    months = [f"{1969 + (b.after + 12) // 12}({(b.after + 12) % 12 + 1})" for b in dated.breaks]
    print(f"UK drivers, AR(1, 12): breaks {', '.join(months)}, {time.process_time() - start:.2f} cpu s")


if __name__ == "__main__":
    main()
