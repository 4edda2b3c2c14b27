"""PerformanceMonitor: what an operation took, of this process and of all that it started."""
import contextlib
import threading
import time
import uuid

from . import measure, sampler
from .kinds import PerformanceMetrics


def _mib(number):
    return None if number is None else round(number / measure.MIB, 3)


def _percent(first, last):
    """CPU of one core between two samples."""
    return max(0.0, 100 * (last.cpu - first.cpu) / (last.at - first.at)) if last.at > first.at else None


def _highest(values):
    return max([value for value in values if value is not None], default=None)


def _rounded(percent):
    return None if percent is None else round(percent, 1)


def _grown(first, last):
    return None if first is None or last is None else _mib(max(0, last - first))


class _Operation:
    def __init__(self):
        self.started = time.time()
        self.largest = measure.largest_so_far()
        self.first = self.last = self.memory = self.cpu = None
        sampler.begin(self.see)

    def see(self, sample):
        if self.first is None:
            self.first = self.last = sample
        self.memory = _highest([self.memory, sample.memory])
        if sample.at - self.last.at >= sampler.INTERVAL / 2:
            self.cpu = _highest([self.cpu, _percent(self.last, sample)])
        self.last = sample

    def peak(self):
        """What was seen, and what getrusage(2) has seen between two looks, where its mark rose meanwhile."""
        risen = [now for now, then in zip(measure.largest_so_far(), self.largest) if now > then]
        return _highest([self.memory, *risen])

    def finish(self):
        sampler.end(self.see)
        first, last = self.first, self.last
        average = _percent(first, last)
        return PerformanceMetrics(
            start_time=self.started, end_time=time.time(), duration_seconds=round(last.at - first.at, 6),
            memory_start_mb=_mib(first.memory), memory_peak_mb=_mib(self.peak()), memory_end_mb=_mib(last.memory),
            cpu_percent_avg=_rounded(average), cpu_percent_peak=_rounded(_highest([average, self.cpu])),
            disk_io_read_mb=_grown(first.read, last.read), disk_io_write_mb=_grown(first.written, last.written))


class PerformanceMonitor:
    """Any thread; operations may overlap. What is measured is the process as a whole and all below it."""

    def __init__(self):
        self._operations = {}
        self.completed = {}  # name -> PerformanceMetrics of the last monitor_operation() of that name

    def start_monitoring(self, operation_id=None):
        operation_id = operation_id or uuid.uuid4().hex[:8]
        self.stop_monitoring(operation_id)
        self._operations[operation_id] = _Operation()
        return operation_id

    def stop_monitoring(self, operation_id):
        """PerformanceMetrics; None where nothing of that name was started."""
        operation = self._operations.pop(operation_id, None)
        return operation.finish() if operation and operation.first else None

    @contextlib.contextmanager
    def monitor_operation(self, name):
        """with monitor.monitor_operation("render") as operation_id: ...; then monitor.completed["render"]."""
        operation_id = self.start_monitoring(f"{name}_{threading.get_ident()}_{uuid.uuid4().hex[:8]}")
        try:
            yield operation_id
        finally:
            self.completed[name] = self.stop_monitoring(operation_id)

    @staticmethod
    def lately(seconds):
        """Highest memory (MiB) and average CPU (percent) of the last seconds, as far as anything was measured; else None."""
        end = time.monotonic()
        samples = sampler.between(end - max(seconds, sampler.INTERVAL), end)
        if not samples:
            return None, None
        return _mib(_highest(one.memory for one in samples)), _rounded(_percent(samples[0], samples[-1]))
