"""Hourly: fetch every source, extract the articles, balance the ledger."""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import (
    Asset,
    CronPartitionTimetable,
    ExceptionRetryPolicy,
    Param,
    RetryAction,
    RetryRule,
    dag,
    task,
    task_group,
)

ARTICLES = Asset(name="articles", uri="x-wirefold://articles", group="wirefold")
CONFIG, LAKE = "{{ params.sources }}", "{{ params.lake }}"
RUN = "{{ dag_run.partition_key or (dag_run.partition_date or dag_run.run_after).strftime('%Y-%m-%dT%H:%M:%S') }}"
# A source that is down may be up again in a minute; a wrong configuration will not right itself.
RETRIES = ExceptionRetryPolicy(rules=[RetryRule(exception="pipeline.errors.UsageError", action=RetryAction.FAIL)])
# Nor will a ledger that is off, or a run that is over and found every source down.
NO_RETRIES = ExceptionRetryPolicy(rules=[RetryRule(exception="pipeline.errors.WirefoldError", action=RetryAction.FAIL)])


@dag(
    dag_id="wire_ingest",
    dag_display_name="Wire ingest",
    description="Fetch every source and turn what is new into articles",
    # run_immediately: a new installation waits for the full hour (False would still run within its first minutes)
    schedule=CronPartitionTimetable("0 * * * *", timezone="UTC", run_immediately=timedelta(0)),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=6),
    tags=["wirefold"],
    params={
        "sources": Param(
            os.environ.get("WIREFOLD_SOURCES", "sources.toml"),
            type="string",
            minLength=1,
            title="Sources",
            description_md="Path of the configuration, as the workers see it",
        ),
        "lake": Param(
            os.environ.get("WIREFOLD_LAKE", "lake"),
            type="string",
            minLength=1,
            title="Lake",
            description_md="Root of all tables: a folder or `s3://…`",
        ),
    },
    default_args={
        "owner": "wirefold",
        "retries": 2,
        "retry_delay": timedelta(seconds=5),
        "retry_exponential_backoff": 2,
        "max_retry_delay": timedelta(minutes=2),
        "retry_policy": RETRIES,
        # A fetch that is cut off begins anew: this must do for a first one, of 10,000 items a second apart, or of the
        # 1,000 of a news sitemap with a crawl-delay of ten seconds.
        "execution_timeout": timedelta(hours=4),
    },
    doc_md="""### Wire ingest
Once an hour: asks every source what is new, fetches it politely, and turns it into articles.

| step | what it does | where to look |
|---|---|---|
| `plan` | reads the configuration | the list of sources |
| `per_source.fetch` | one task per source: listing, robots.txt, pages; keeps the bytes | table `fetches`, WARC files |
| `per_source.extract` | raw bytes to text, headline, dates | tables `articles`, `rejects` |
| `collect` | commits the run and balances its ledger | asset `articles`, event *extra* |

Every item discovered ends as exactly one of article, unchanged, exact copy, rejected; if the sum is off, `collect`
fails.

A source that is **down** fails only its own mapped tasks, after two retries; the others go on and `collect` says which
one was missing. It fails when all of them are. To complete the run later, clear the source's `fetch` with *Downstream*:
`collect` must run again, which *Only Failed* leaves out.

The partition key (`2026-11-24T03:00:00`) names the run; running a key again changes nothing in the lake. When `collect`
is done, **Wire fold** starts with the same key.
""",
)
def wire_ingest():
    @task
    def plan(config: str) -> list[str]:
        from pipeline.run import ingest

        return ingest.plan(config)

    @task_group
    def per_source(source: str):
        @task(multiple_outputs=False, map_index_template="{{ task.op_kwargs['source'] }}")
        def fetch(config: str, lake: str, run: str, source: str) -> dict:
            from pipeline.run import ingest

            return ingest.fetch_source(config, lake, run, source)

        @task(multiple_outputs=False, map_index_template="{{ task.op_kwargs['source'] }}")
        def extract(config: str, lake: str, run: str, source: str) -> dict:
            from pipeline.run import ingest

            return ingest.extract_source(config, lake, run, source)

        work = {"config": CONFIG, "lake": LAKE, "run": RUN, "source": source}
        fetch(**work) >> extract(**work)

    @task(multiple_outputs=False, outlets=[ARTICLES], trigger_rule="all_done", retry_policy=NO_RETRIES)
    def collect(config: str, lake: str, run: str, outlet_events) -> dict:
        from pipeline.errors import WirefoldError
        from pipeline.run import ingest

        ledger = ingest.collect(config, lake, run)
        if ingest.all_down(ledger):
            raise WirefoldError(f"every source is down: {', '.join(ledger['down'])}")
        counts = {k: v for k, v in ledger.items() if not isinstance(v, dict)}
        outlet_events[ARTICLES].extra = {"sources": config, "lake": lake} | counts
        outlet_events[ARTICLES].add_partitions(run)
        return ledger

    per_source.expand(source=plan(CONFIG)) >> collect(CONFIG, LAKE, RUN)


wire_ingest()
