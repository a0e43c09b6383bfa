"""After every ingest: fold the new articles into stories and publish the records."""

from __future__ import annotations

import os
from datetime import timedelta

from airflow.sdk import Asset, Param, PartitionedAssetTimetable, dag, task

ARTICLES = Asset(name="articles", uri="x-wirefold://articles", group="wirefold")
RECORDS = Asset(name="records", uri="x-wirefold://records", group="wirefold")


@dag(
    dag_id="wire_fold",
    dag_display_name="Wire fold",
    description="Find the copies, cuts and rewrites among the new articles and publish the records",
    schedule=PartitionedAssetTimetable(assets=ARTICLES),
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
            description_md="Used when the run is started by hand; otherwise the lake that the articles came into",
        ),
    },
    default_args={
        "owner": "wirefold",
        "retries": 2,
        "retry_delay": timedelta(seconds=10),
        "execution_timeout": timedelta(hours=4),
    },
    doc_md="""### Wire fold
Starts by itself when **Wire ingest** has added articles, once per ingest run and with the same partition key.

Compares the new articles with each other and with what the lake already holds, keeps the pairs that share text as
`links` (with the kind of relation and how much they share), groups them into `stories`, and publishes `records`:
one flat row per article, ready for DuckDB, pandas, Polars and Spark.

The counts are on the event of the asset `records` (*extra*). Folding again changes nothing in the lake.
""",
)
def wire_fold():
    @task(multiple_outputs=False, inlets=[ARTICLES], outlets=[RECORDS])
    def fold(params, triggering_asset_events, outlet_events) -> dict:
        from pipeline.run import fold as folding

        events = [event.extra for events in triggering_asset_events.values() for event in events]
        came_from = {**params, **(events[-1] if events else {})}  # an event that a person made names no lake
        result = folding.fold(came_from["sources"], came_from["lake"])
        links = {f"links_{relation}": count for relation, count in result.get("links", {}).items()}
        outlet_events[RECORDS].extra = {k: v for k, v in result.items() if not isinstance(v, dict)} | links
        return result

    fold()


wire_fold()
