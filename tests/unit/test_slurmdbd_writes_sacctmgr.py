"""sacctmgr's grammar: what reaches its argv is one value of one key; what it says is read as what it did."""

import pytest
from conftest import Asker
from hypothesis import given, settings
from hypothesis import strategies as st
from playback import FakeSlurm

from slurmrest_inetd.accounting.changes import Change, Step, make_changes
from slurmrest_inetd.errors import ApiError, CommandTimeout
from slurmrest_inetd.model import Notice
from slurmrest_inetd.slurm.command import Finished
from slurmrest_inetd.slurm.sacctmgr import (
    check_name,
    check_text,
    format_limit,
    format_names,
    format_term,
    format_tres,
    list_add,
    list_delete,
    list_modify,
    list_orphans,
    list_printed,
    name_tres,
    read_outcome,
)
from slurmrest_inetd.slurm.values import INFINITE, Unusable


@settings(max_examples=60)
@given(st.lists(st.text(max_size=8), min_size=1, max_size=3))
def test_a_list_of_names_is_carried_whole_or_refused(names: list[str]) -> None:
    try:
        word = format_names("Names", names)
    except Unusable:
        return
    assert word.removeprefix("Names=").split(",") == names
    assert not set(word.removeprefix("Names=")) & set("'\"[]=\\\n\0")
    assert not any(name != name.strip() or name.startswith(("+", "-")) for name in names)


@pytest.mark.parametrize(
    "name", ["", "a,b", "a=b", "a'b", 'a"', "a\nb", "a\0", " a", "+a", "-i", "a[1-3]", "a\\b", "Aa", "ä" * 128]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Unusable):
        check_name(name)


@pytest.mark.parametrize("name", ["a b", "phys", "where", "set", "a-b_c.d@e:f/g%h*", "äö", "a`b", "1"])
def test_what_is_a_name_is_carried(name: str) -> None:
    assert check_name(name) == name


def test_a_kind_of_name_that_keeps_its_case() -> None:
    assert check_name("Aa", folds=False) == "Aa"


@pytest.mark.parametrize("text", ["a'b", '"', " a", "a ", "a\0", "a" * 65536])
def test_what_a_text_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(Unusable):
        check_text(text)


def test_any_other_text_is_one_value() -> None:
    text = "where name=x set a=b,c -i\n+d [1-2]\\"
    assert format_term("Description", check_text(text)) == f"Description={text}"


def test_limits_and_trackable_resources() -> None:
    assert format_limit(INFINITE) == "-1"
    assert format_tres({"cpu": 4, "gres/gpu": INFINITE}) == "cpu=4,gres/gpu=-1"
    assert name_tres({"type": "gres", "name": "gpu"}) == "gres/gpu"
    assert name_tres({"type": "cpu", "name": "", "id": 9}) == "cpu"
    assert name_tres({"id": 4}) == "4"
    for entry in ({}, {"name": "gpu"}, {"type": "cpu=1,mem"}, {"type": "gres", "name": "a=1,b"}):
        with pytest.raises(Unusable):
            name_tres(entry)
    with pytest.raises(Unusable):
        format_tres({})


def test_no_command_is_without_a_condition() -> None:
    assert list_add("account", "Names=x") == ("sacctmgr", "--immediate", "add", "account", "Names=x")
    assert list_modify("user", ["Names=x"], ["AdminLevel=None"])[3:] == (
        "user",
        "where",
        "Names=x",
        "set",
        "AdminLevel=None",
    )
    assert list_delete("user", "Names=x")[2:] == ("delete", "user", "where", "Names=x")
    for make in (
        lambda: list_modify("user", [], ["a=b"]),
        lambda: list_modify("user", ["a=b"], []),
        lambda: list_delete("user"),
    ):
        with pytest.raises(ValueError, match="without a condition"):
            make()


def finish(stdout: str = "", stderr: str = "", status: int = 1) -> Finished:
    return Finished(("sacctmgr",), status, stdout.encode(), stderr.encode())


# fmt: off
# the last lines of each are 22.05's
IDLE = [
    (" Nothing deleted\n",                                    ""),
    (" Modified accounts...\n  Nothing modified\n",           ""),
    (" Already existing account x on cluster lab\n",          ""),
    ("Request didn't affect anything\nNothing added.\nMake sure the accounts requested here have been added\n", ""),
    ("", "sacctmgr: error: Request didn't affect anything\n Error with request: Data has not changed since time specified\n"),
    (" Nothing new added.\n",                                 ""),
    (" Removing Coordinators with user name\n  bob\n From Account(s)\n  phys\n Nothing removed\n", ""),
    (" This cluster far already exists.  Not adding.\n",     ""),
    (" Nothing modified\n", "sacctmgr: accounting_storage/slurmdbd: acct_storage_p_modify_job: No error\n"),
]
REFUSED = [
    ("",  " error: Only admins/operators/coordinators can add accounts\n",                                             403, 2002),
    ("",  "sacctmgr: error: Your user doesn't have privilege to perform this action\n Error with request: Access/permission denied\n", 403, 2002),
    ("",  " error: Problem adding user associations: Access/permission denied (Only admins can)\n",                     403, 2002),
    ("",  "sacctmgr: error: You gave a bad qos 'x'. Valid QOS's are normal\n Unknown option: QosLevel=x\n Use keyword 'where' to modify condition\n", 422, -1),
    ("",  "",                                                                                                          422, 0),
    ("",  "sacctmgr: error: slurm_persist_conn_open_without_init: failed to open persistent connection to host:x:1: Connection refused\nsacctmgr: error: Sending PersistInit msg: Connection refused\n", 502, None),
    (" Nothing deleted\n", " Error with request: Job(s) active, cancel job(s) before remove\n",                         409, 7001),
    (" Adding Account(s)\n  x\n Settings\n  Description     = Account Name\n Associations\n  A = x          C = lab       \n", " Problem adding accounts: Access/permission denied\n", 403, 2002),
    (" Adding QOS(s)\n  x\n", " Problem adding QOS: Access/permission denied\n",                                       403, 2002),
    ("",  " Error with request: You can not remove the default account of a user\n  C = lab             A = phys       U = bob      \n Please either remove the accounts listed above from list and resubmit,\n Changes Discarded\n", 422, 7009),
    (" Can't modify because these users aren't associated with new default account 'x'...\n  U = bob C = lab\n", "", 422, 2045),
    ("",  " Unknown option: Comment=x\n Use keyword 'where' to modify condition\n",                                      422, -1),
    (" Unknown QOS flag used in:\n  'Relative'\n Valid QOS flags are\n  'DenyOnLimit'\n", "",                           422, -1),
    ("",  " Parent Account nosuch doesn't exist.\n",                                                                    422, -1),
    (" Nothing new added.\n", " This account 'nosuch' doesn't exist.\n        Contact your admin to add this account.\n", 422, -1),
    ("",  "sacctmgr: error: Sending PersistInit msg: Protocol authentication error\nsacctmgr: error: DBD_GET_ACCOUNTS failure: Unspecified error\n Problem getting accounts from database.  Contact your admin.\n", 401, 1007),
]
# fmt: on


@pytest.mark.parametrize(("stdout", "stderr"), IDLE)
def test_nothing_to_do_is_no_refusal(stdout: str, stderr: str) -> None:
    outcome = read_outcome(finish(stdout, stderr), "x")
    assert not outcome.changed
    assert outcome.reason


@pytest.mark.parametrize(("stdout", "stderr", "status", "number"), REFUSED)
def test_a_refusal_is_slurms(stdout: str, stderr: str, status: int, number: int | None) -> None:
    with pytest.raises(ApiError) as caught:
        read_outcome(finish(stdout, stderr), "account x could not be added")
    assert caught.value.status == status
    problem = caught.value.problems[0]
    assert "account x could not be added" in problem.description
    assert number is None or max(problem.error_number, 0) == max(number, 0)


def test_users_who_go_with_their_last_association_are_told_apart() -> None:
    association = "C = lab        A = phys       U = d2u      "
    text = f" Deleting user associations...\n  {association}\n Deleting users (No Associations)...\n  d2u\n"
    assert list_printed(text) == [association]
    assert list_orphans(text) == ["d2u"]
    assert list_orphans(f" Deleting user associations...\n  {association}\n") == []


def test_success_and_the_unknown() -> None:
    assert read_outcome(finish(status=0), "x").changed
    with pytest.raises(CommandTimeout):
        read_outcome(finish(status=-9), "x")


def make(name: str, *words: str, idle: bool = False) -> Change:
    steps = tuple(Step(list_add("account", f"Names={word}"), f"given {word}", idle) for word in words)
    return Change(f"#/accounts[{name}]/", f"account {name}", steps)


def test_of_five_the_third_fails_and_each_is_accounted_for(ask: Asker, fake_slurm: FakeSlurm) -> None:
    for word in ("a", "b", "c"):
        fake_slurm.say(list(list_add("account", f"Names={word}")))
    fake_slurm.say(
        list(list_add("account", "Names=d")), stderr=b" error: Problem: Invalid parent account specified\n", status=1
    )
    changes = [make("0", "a"), make("1", "b"), make("2", "c", "d"), make("3", "e"), make("4", "f")]
    with pytest.raises(ApiError) as caught:
        make_changes(ask.make_call("/slurmdb/v0.0.42/accounts"), changes, (Notice("odd", "#/x/"),))
    assert [(p.source, p.error_number) for p in caught.value.problems] == [
        ("#/accounts[2]/", 2046), ("#/accounts[3]/", -1), ("#/accounts[4]/", -1),
    ]  # fmt: skip
    assert "account 2 was already given c" in caught.value.problems[0].description
    assert caught.value.problems[1].description == "account 3 was not tried"
    assert [(n.description, n.source) for n in caught.value.warnings] == [
        ("odd", "#/x/"), ("account 0 was given a", "#/accounts[0]/"), ("account 1 was given b", "#/accounts[1]/"),
    ]  # fmt: skip
    assert len(fake_slurm.calls) == 4


def test_nothing_changed_is_a_conflict_unless_that_is_as_asked(ask: Asker, fake_slurm: FakeSlurm) -> None:
    fake_slurm.say("sacctmgr", b" Already existing account a on cluster lab\n", status=1)
    call = ask.make_call("/slurmdb/v0.0.42/accounts")
    assert make_changes(call, [make("0", "a", idle=True)])[0].done == ()
    with pytest.raises(ApiError) as caught:
        make_changes(call, [make("0", "a", idle=True), make("1", "a")])
    assert caught.value.status == 409
    assert caught.value.problems[0].error_number == 1900
    assert caught.value.warnings[0].description == "account 0 was as asked for"
