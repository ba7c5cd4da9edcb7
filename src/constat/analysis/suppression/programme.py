"""A linear programme solved again and again with other bounds and prices, each time from where the last one ended.

HiGHS as scipy ships it (`scipy.optimize._highspy`, not a public name): where a later scipy keeps it elsewhere, the public
`linprog` solves each one anew. The answers are the same, only slower.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from constat.analysis.errors import InputError

Floats = npt.NDArray[np.float64]
INFEASIBLE, OPTIMAL, UNBOUNDED = "infeasible", "optimal", "unbounded"


def _core() -> Any:
    try:
        from scipy.optimize._highspy import _core
    except ImportError:
        return None
    return _core


class Programme:
    """min price.x with row_low <= A x <= row_high and low <= x <= high. `matrix`: sparse, (rows, columns). `primal`: only prices
    will change, so that each programme starts at an answer of the last."""

    def __init__(
        self, matrix: Any, row_low: Floats, row_high: Floats, low: Floats, high: Floats, price: Floats, *,
        primal: bool = False,
    ) -> None:  # fmt: skip
        self._core = _core()
        self.columns = np.arange(matrix.shape[1], dtype=np.int32)
        self.low, self.high, self.price = low, high, price
        if self._core is None:
            self._kept = [(matrix.tocsr(), row_low, row_high)]
            return
        self._solver = self._core._Highs()
        for name, value in (
            ("output_flag", False), ("threads", 1), ("solver", "simplex"), ("simplex_strategy", 4 if primal else 1),
        ):  # fmt: skip
            self._solver.setOptionValue(name, value)
        model = self._core.HighsLp()
        columnwise = matrix.tocsc()
        model.num_row_, model.num_col_ = (int(size) for size in matrix.shape)
        model.col_cost_, model.col_lower_, model.col_upper_ = price, low, high
        model.row_lower_, model.row_upper_ = row_low, row_high
        model.a_matrix_.num_row_, model.a_matrix_.num_col_ = model.num_row_, model.num_col_
        model.a_matrix_.format_ = self._core.MatrixFormat.kColwise
        model.a_matrix_.start_ = columnwise.indptr
        model.a_matrix_.index_ = columnwise.indices
        model.a_matrix_.value_ = columnwise.data.astype(np.float64)
        self._solver.passModel(model)

    def box(self, low: Floats, high: Floats) -> None:
        self.low, self.high = low, high
        if self._core is not None:
            self._solver.changeColsBounds(len(self.columns), self.columns, low, high)

    def prices(self, price: Floats) -> None:
        self.price = price
        if self._core is not None:
            self._solver.changeColsCost(len(self.columns), self.columns, price)

    def add(self, rows: Any, row_low: Floats) -> None:
        """Further rows A x >= row_low."""
        more, top = rows.tocsr(), np.full(rows.shape[0], np.inf)
        if self._core is None:
            self._kept.append((more, row_low, top))
            return
        self._solver.addRows(
            more.shape[0], row_low, top, more.nnz, more.indptr[:-1].astype(np.int32),
            more.indices.astype(np.int32), more.data.astype(np.float64),
        )  # fmt: skip

    def solve(self) -> tuple[str, float, Floats, Floats]:
        """(status, price paid, x, what one more unit of each row would cost). Raises InputError when HiGHS gives up."""
        return self._anew() if self._core is None else self._warm()

    def _warm(self) -> tuple[str, float, Floats, Floats]:
        status = self._core.HighsModelStatus
        none = np.zeros(0)
        for _ in range(2):
            self._solver.run()
            ended = self._solver.getModelStatus()
            if ended == status.kOptimal:
                found = self._solver.getSolution()
                paid = float(self._solver.getInfo().objective_function_value)
                return OPTIMAL, paid, np.array(found.col_value), np.array(found.row_dual)
            if ended == status.kInfeasible:
                return INFEASIBLE, np.inf, none, none
            if ended in (status.kUnbounded, status.kUnboundedOrInfeasible):
                return UNBOUNDED, -np.inf, none, none
            self._solver.clearSolver()  # a start that led nowhere: once more from none
        raise InputError(f"a linear programme did not end: {self._solver.modelStatusToString(ended)}.")

    def _anew(self) -> tuple[str, float, Floats, Floats]:
        """Each row as an equation with a bounded variable of its own, so that its price is one number."""
        from scipy.optimize import linprog
        from scipy.sparse import eye, hstack, vstack

        matrix = vstack([rows for rows, _, _ in self._kept])
        count = matrix.shape[0]
        low = np.concatenate([self.low, *(some for _, some, _ in self._kept)])
        high = np.concatenate([self.high, *(some for _, _, some in self._kept)])
        found = linprog(
            np.concatenate([self.price, np.zeros(count)]), A_eq=hstack([matrix, -eye(count)]), b_eq=np.zeros(count),
            bounds=np.column_stack([low, high]), method="highs",
        )  # fmt: skip
        none = np.zeros(0)
        if found.status == 2:
            return INFEASIBLE, np.inf, none, none
        if found.status == 3:
            return UNBOUNDED, -np.inf, none, none
        if found.status:
            raise InputError(f"a linear programme did not end: {found.message}")
        return OPTIMAL, float(found.fun), np.asarray(found.x[: len(self.columns)]), np.asarray(found.eqlin.marginals)  # fmt: skip
