"""Usage in accounting, as slurmdbd's hourly roll-up would have made it of jobs that nobody wants to wait for.

Law: writes into the tables of usage and nowhere else: slurmdbd 26.05 dumps core over rows of events that were written by hand. A
roll-up adds to these rows and takes none away. Used by rich_state.py and bench/run.py.
"""

import time
from calendar import timegm
from collections.abc import Iterator

from clusters import Cluster

DAY = 86400
HOUR = 3600
# A cluster without usage of its own in a period has none of its users' either, for sreport.
OF_CLUSTER = "(creation_time, mod_time, id_tres, time_start, count, alloc_secs) VALUES ({now}, {now}, 1, {start}, 9, 9)"
OF_ONE = "(creation_time, mod_time, id, id_tres, time_start, alloc_secs) SELECT {now}, {now}, {id}, {tres}, {start}, {seconds} FROM {source}"
# fmt: off
#   table     whose
WHOSE = (
    ("assoc", "id_assoc", "lab_assoc_table WHERE user='alice' AND acct='phys' AND `partition`=''"),
    ("assoc", "id_assoc", "lab_assoc_table WHERE user='bob' AND acct='phys' AND `partition`=''"),
    ("assoc", "id_assoc", "lab_assoc_table WHERE user='bob' AND acct='theory' AND `partition`=''"),
    ("assoc", "id_assoc", "lab_assoc_table WHERE user='carol' AND acct='chem' AND `partition`=''"),
    ("wckey", "id_wckey", "lab_wckey_table WHERE user='bob' AND wckey_name='paper'"),
)
# fmt: on
# cpu, node, gres/gpu
TRES = (1, 4, 1001)


def make_usage(cluster: Cluster) -> None:
    """Some usage of the days around now, by the hour, the day and the month."""
    now = int(time.time())
    statements = "".join(f"{line} ON DUPLICATE KEY UPDATE alloc_secs=VALUES(alloc_secs);\n" for line in list_rows(now))
    cluster.run(["mariadb", "accounting"], user="root", input=statements.encode()).check_returncode()


def list_rows(now: int) -> Iterator[str]:
    """The INSERT of each row; no two of one user are alike."""
    seconds = 1000
    for length, start in list_pieces(now):
        yield f"INSERT INTO lab_usage_{length}_table {OF_CLUSTER.format(now=now, start=start)}"
        for kind, number, source in WHOSE:
            for tres in TRES:
                seconds += 1
                words = OF_ONE.format(now=now, id=number, tres=tres, start=start, seconds=seconds, source=source)
                yield f"INSERT INTO lab_{kind}_usage_{length}_table {words}"


def list_pieces(now: int) -> Iterator[tuple[str, int]]:
    """Hours, days and months; the labs' clocks are UTC's."""
    midnight = find_midnight(now)
    for days in range(-3, 2):
        yield "day", midnight + days * DAY
    for hours in (-25, -24, -19, -18, -1, 0, 1):
        yield "hour", midnight + hours * HOUR
    for months in range(-3, 1):
        yield "month", find_month(now, months)


def find_midnight(now: int) -> int:
    """When the day of ``now`` began."""
    return now - now % DAY


def find_month(now: int, months: int) -> int:
    """When the month began that is so many after that of ``now``."""
    clock = time.gmtime(now)
    years, month = divmod(clock.tm_year * 12 + clock.tm_mon - 1 + months, 12)
    return timegm((years, month + 1, 1, 0, 0, 0))
