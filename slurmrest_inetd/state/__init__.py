"""What the reads of the controller's state share: flags, update_time, names in any letter case, job ids.

showing.py     what ``flags`` add and leave out
freshness.py   what ``update_time`` asks for
spelling.py    one thing by its name
job_lookup.py  one job by its id
"""
