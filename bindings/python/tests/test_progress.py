"""Progress, stopping, Ctrl-C."""

import io
import os
import signal
import subprocess
import sys
import threading
import time

import numpy
import pytest

from explaincore import Picture, callback_model, explain


def test_a_function_sees_each_step(scene, scenes):
    seen = []
    explanation = explain(scene, scenes, iterations=4, progress=seen.append)
    assert [(report.step, report.steps) for report in seen] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert numpy.allclose([report.loss for report in seen], explanation.history["loss"])
    assert numpy.allclose([report.score for report in seen], explanation.history["score"])


def test_a_function_stops_with_what_was_learned(scene, scenes):
    explanation = explain(scene, scenes, iterations=500, progress=lambda report: report.step == 3)
    assert explanation.interrupted and explanation.iterations == 3
    whole = explain(scene, scenes, iterations=3, progress=False)
    assert numpy.array_equal(explanation.mask, whole.mask)


def test_an_exception_comes_out_as_it_is(scene, scenes):
    calls = []

    def fail(report):
        calls.append(report)
        try:
            {}["loss"]
        except KeyError as error:
            raise ZeroDivisionError("mine") from error

    with pytest.raises(ZeroDivisionError, match="mine") as caught:
        explain(scene, scenes, progress=fail)
    assert len(calls) == 1
    assert isinstance(caught.value.__cause__, KeyError)
    assert caught.traceback[-1].name == "fail"
    assert caught.value.explanation.iterations == 1
    assert scenes.classify(scene)  # nothing is left behind


def test_a_function_may_use_the_library(scene, scenes):
    inner = []

    def observe(report):
        inner.append(explain(scene, scenes, "grad-cam", progress=False).target_name)

    explain(scene, scenes, iterations=2, progress=observe)
    assert inner == ["gear", "gear"]


def test_control_c_in_a_call_within_a_call(scene, scenes):
    inner = []

    def observe(report):
        inner.append(explain(scene, scenes, iterations=500, progress=interrupt_after(2)))

    with pytest.raises(KeyboardInterrupt) as caught:
        explain(scene, scenes, iterations=500, progress=observe)
    assert caught.value.explanation.iterations == 1
    assert len(inner) == 1 and inner[0].interrupted and inner[0].iterations < 5


def interrupt_after(steps):
    def observe(report):
        if report.step == steps:
            os.kill(os.getpid(), signal.SIGINT)

    return observe


def test_control_c_keeps_what_was_learned(scene, scenes):
    with pytest.raises(KeyboardInterrupt) as caught:
        explain(scene, scenes, iterations=500, progress=interrupt_after(3))
    assert type(caught.value) is KeyboardInterrupt  # of which Python ends as shells expect
    explanation = caught.value.explanation
    assert explanation.interrupted and explanation.iterations in (3, 4)
    assert explanation.mask.shape == (28, 28)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_programs_own_handler_decides(scene, scenes):
    calls = []

    def note(number, frame):
        calls.append(number)

    previous = signal.signal(signal.SIGINT, note)
    try:
        assert explain(scene, scenes, iterations=6, progress=interrupt_after(3)).iterations == 6
        assert calls == [signal.SIGINT] and signal.getsignal(signal.SIGINT) is note

        class Stop(Exception):
            pass

        def stop(number, frame):
            raise Stop

        signal.signal(signal.SIGINT, stop)
        with pytest.raises(Stop):
            explain(scene, scenes, iterations=500, progress=interrupt_after(3))
    finally:
        signal.signal(signal.SIGINT, previous)


class Late(Exception):
    pass


@pytest.fixture()
def alarm():
    """Sets an alarm whose handler raises `Late`; and nothing that Python reports as ignored may happen meanwhile."""
    def late(number, frame):
        raise Late

    ignored = []
    hook, sys.unraisablehook = sys.unraisablehook, ignored.append
    previous = signal.signal(signal.SIGALRM, late)
    try:
        yield lambda seconds: signal.setitimer(signal.ITIMER_REAL, seconds)
        assert signal.getsignal(signal.SIGALRM) is late
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
        sys.unraisablehook = hook
    assert ignored == []


@pytest.mark.parametrize("progress", [False, lambda report: None])
def test_handlers_of_other_signals_may_raise(scene, scenes, alarm, progress):
    """While C computes: the handler runs when Python does again, which is at the first step of a callback."""
    for seconds in (0.05, 0.06, 0.07):
        alarm(seconds)
        with pytest.raises(Late) as caught:
            explain(scene, scenes, iterations=100000, progress=progress)
        assert caught.value.explanation.interrupted


def test_a_signal_in_a_functions_model(scene, alarm):
    model = callback_model(lambda batch: numpy.zeros((len(batch), 2)), 2, size=8)
    picture = Picture.read(scene)
    for number in range(300):  # at every point of a call
        with pytest.raises(Late):
            alarm(0.0003 + number * 1e-6)
            while True:
                model.classify(picture)


def test_control_c_ends_a_classification_by_functions(scene):
    batches = []

    def scores(batch):
        batches.append(len(batch))
        if len(batches) == 3:
            signal.raise_signal(signal.SIGINT)
        return numpy.zeros((len(batch), 2))

    with pytest.raises(KeyboardInterrupt):
        callback_model(scores, 2, size=8, batch_limit=1).classify_batch([scene] * 20)
    assert len(batches) == 3


def test_the_second_signal_leaves_a_function(scene, scenes, alarm):
    def wait(report):
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        time.sleep(60)

    start = time.monotonic()
    with pytest.raises(Late):
        explain(scene, scenes, iterations=500, progress=wait)
    assert time.monotonic() - start < 30


def test_a_handler_that_a_function_sets_stays(scene, scenes):
    calls, kept = [], []

    def change(report):
        if report.step == 1:
            kept.append(signal.signal(signal.SIGINT, lambda number, frame: calls.append(number)))

    before = signal.getsignal(signal.SIGINT)
    try:
        explain(scene, scenes, iterations=2, progress=change)
        signal.raise_signal(signal.SIGINT)
        assert calls == [signal.SIGINT]
        # The one that was there during the call is, after it, as good as the one before it.
        signal.signal(signal.SIGINT, kept[0])
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


PROGRAM = """
import sys, time
import explaincore

def started(report):
    print(report.step, flush=True)

try:
    explaincore.explain(sys.argv[1], iterations=100000, progress=started)
except KeyboardInterrupt as stop:
    print("kept", stop.explanation.iterations, stop.explanation.mask.shape, flush=True)
    raise
"""


def test_control_c_at_a_terminal(scene):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(scene)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stdout:
        if int(line) == 3:
            break
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert "kept" in output and "(28, 28)" in output
    assert "KeyboardInterrupt" in errors and "ignored" not in errors
    assert process.returncode == -signal.SIGINT  # as Python ends after a KeyboardInterrupt
    assert time.monotonic() - sent < 10  # one step, and the interpreter's end, on a loaded machine


def test_other_threads_run_meanwhile(scene, scenes):
    """The lock is released: a thread that counts goes on while a step is computed."""
    counted, done = [0], threading.Event()

    def count():
        while not done.is_set():
            counted[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    try:
        scenes.classify(scene)
        before, start = counted[0], time.monotonic()
        explain(scene, scenes, "occlusion", progress=False)
        seconds = time.monotonic() - start
    finally:
        done.set()
        thread.join()
    assert counted[0] - before > 50 * seconds  # of about 900 a second where a core is free


def test_in_a_thread(scene, scenes):
    results = []
    thread = threading.Thread(target=lambda: results.append(explain(scene, scenes, iterations=2, progress=False)))
    thread.start()
    thread.join()
    assert results[0].iterations == 2


class TestBar:
    @pytest.fixture(autouse=True)
    def tqdm(self):
        pytest.importorskip("tqdm")

    def test_it_shows_steps_and_score(self, scene, scenes, capsys):
        explain(scene, scenes, iterations=50, progress=True)  # long enough for a second look
        shown = capsys.readouterr()
        assert "mask" in shown.err and "score=0." in shown.err and "/50" in shown.err
        assert shown.out == ""

    def test_nobody_looks(self, scene, scenes, capsys, monkeypatch):
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        explain(scene, scenes, iterations=3)
        assert sys.stderr.getvalue() == ""

    def test_it_does_not_swallow_control_c(self, scene, scenes, monkeypatch):
        import tqdm.auto

        def interrupted(bar, *arguments, **settings):
            os.kill(os.getpid(), signal.SIGINT)

        monkeypatch.setattr(tqdm.auto.tqdm, "update", interrupted)
        with pytest.raises(KeyboardInterrupt) as caught:
            explain(scene, scenes, iterations=500, progress=True)
        assert caught.value.explanation.interrupted


def test_a_bar_that_cannot_be(scene, scenes, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="tqdm"):
        explain(scene, scenes, iterations=2, progress=True)
    explain(scene, scenes, iterations=2)  # none is asked for: none is shown
