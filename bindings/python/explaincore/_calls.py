"""Long calls of the library: signals, and exceptions in Python functions that the library calls back.

While C runs, Python notes a signal but handles it only when Python code runs next: in a callback, where an exception
would be lost. So during a call the handler of each signal is one that keeps the exception which the previous handler
raises (SIGINT's raises `KeyboardInterrupt`, unless a program has its own). The next callback stops the method, the call
returns with what was learned so far, and the exception is raised then.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Callable, Dict, List, Optional, Type

from ._structs import Status

SIGNALS = tuple(signal.valid_signals())


class Call:
    """A call of the library on this thread, as a context manager.

    At its end it raises `failure`: the first exception of a callback or a signal handler, which goes before the
    library's own about that callback.
    """

    _current = threading.local()

    def __init__(self, reporting: bool = False) -> None:
        """For a call that is `reporting` its progress, that report is what stops it, and what was learned is kept;
        another one is stopped by the callbacks of its model."""
        self.failure: Optional[BaseException] = None
        self._reporting = reporting
        # Handlers of signals as they were.
        self._previous: Dict[int, Any] = {}
        # Whether a function of the user's runs, which an exception may leave.
        self._guarding = False
        self._ended = False

    @classmethod
    def current(cls) -> Call:
        """The innermost call of this thread."""
        calls: List[Call] = cls._current.calls
        return calls[-1]

    @property
    def stopping(self) -> bool:
        """Whether this call is to end, or one that it is part of: a callback may call the library, too."""
        return any(call.failure is not None for call in self._current.calls)

    def __enter__(self) -> Call:
        # The handlers come first: a signal before that raises here, one after it does not.
        if threading.current_thread() is threading.main_thread():
            try:
                self._take_signals()
            except BaseException:
                self._give_signals_back()
                raise
        if not hasattr(self._current, "calls"):
            self._current.calls = []
        self._current.calls.append(self)
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._current.calls.pop()
        self._give_signals_back()
        # Forgotten here, because its traceback would keep alive what it refers to.
        failure, self.failure = self.failure, None
        if failure is not None:
            context = failure.__context__
            try:
                raise failure
            finally:
                failure.__context__ = context  # not the library's own about it
                del failure

    def _take_signals(self) -> None:
        for number in SIGNALS:
            previous = signal.getsignal(number)
            if callable(previous):
                self._previous[number] = previous
                signal.signal(number, self._handle)

    def _give_signals_back(self) -> None:
        """The handlers are as they were, but for those that a callback has changed since."""
        while not self._ended:
            try:
                for number, previous in self._previous.items():
                    if signal.getsignal(number) == self._handle:
                        signal.signal(number, previous)
                self._ended = True
            except BaseException as error:  # of a handler that was given back already
                self._keep(error)

    def _handle(self, number: int, frame: Optional[FrameType]) -> None:
        try:
            self._previous[number](number, frame)
        except BaseException as error:
            # Once more: out of a function that does not return. And a program may have kept this handler.
            if self._ended or (self._guarding and self.failure is not None):
                raise
            self._keep(error)

    def _keep(self, error: BaseException) -> None:
        if self.failure is None:
            self.failure = error

    def guard(self, function: Callable[[], Any]) -> int:
        """Runs the body of a callback: what it returns, or 1 after an exception, which is kept."""
        if self.stopping and not self._reporting:
            return Status.CANCELLED
        try:
            self._guarding = True
            try:
                return int(function() or 0)
            finally:
                self._guarding = False
        except BaseException as error:  # nothing may unwind through the library
            self._keep(error)
            return 1
