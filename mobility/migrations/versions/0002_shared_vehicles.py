"""Shared vehicles."""

# mypy: disable-error-code="attr-defined"
# (GeoAlchemy2 adds the geospatial operations to op at run time)

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sharing_system",
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("opening_hours", sa.Text(), nullable=True),
        sa.Column("license_url", sa.Text(), nullable=True),
        sa.Column("terms_url", sa.Text(), nullable=True),
        sa.Column("attribution", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("zones", sa.JSON(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ttl_s", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("system_id", name=op.f("pk_sharing_system")),
    )
    op.create_table(
        "pricing_plan",
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("per_min", sa.JSON(), nullable=False),
        sa.Column("per_km", sa.JSON(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("surge", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["system_id"],
            ["sharing_system.system_id"],
            name=op.f("fk_pricing_plan_system_id_sharing_system"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("system_id", "plan_id", name=op.f("pk_pricing_plan")),
    )
    op.create_geospatial_table(
        "station",
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("station_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("is_virtual", sa.Boolean(), nullable=False),
        sa.Column("area", sa.JSON(), nullable=True),
        sa.Column("rental_uris", sa.JSON(), nullable=False),
        sa.Column("available", sa.JSON(), nullable=False),
        sa.Column("docks_available", sa.Integer(), nullable=True),
        sa.Column("is_renting", sa.Boolean(), nullable=False),
        sa.Column("is_returning", sa.Boolean(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["system_id"],
            ["sharing_system.system_id"],
            name=op.f("fk_station_system_id_sharing_system"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("system_id", "station_id", name=op.f("pk_station")),
    )
    op.create_geospatial_index(
        "idx_station_geom",
        "station",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_geospatial_table(
        "vehicle",
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("vehicle_id", sa.Text(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("vehicle_type_id", sa.Text(), nullable=False),
        sa.Column("is_reserved", sa.Boolean(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("range_m", sa.Double(), nullable=True),
        sa.Column("fuel_fraction", sa.Double(), nullable=True),
        sa.Column("station_id", sa.Text(), nullable=True),
        sa.Column("home_station_id", sa.Text(), nullable=True),
        sa.Column("pricing_plan_id", sa.Text(), nullable=True),
        sa.Column("available_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rental_uris", sa.JSON(), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["system_id"],
            ["sharing_system.system_id"],
            name=op.f("fk_vehicle_system_id_sharing_system"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("system_id", "vehicle_id", name=op.f("pk_vehicle")),
    )
    op.create_geospatial_index(
        "idx_vehicle_geom",
        "vehicle",
        ["geom"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "vehicle_type",
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("vehicle_type_id", sa.Text(), nullable=False),
        sa.Column("form_factor", sa.Text(), nullable=False),
        sa.Column("propulsion", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("return_constraint", sa.Text(), nullable=True),
        sa.Column("max_range_m", sa.Double(), nullable=True),
        sa.Column("reserve_minutes", sa.Integer(), nullable=True),
        sa.Column("co2_g_per_km", sa.Double(), nullable=True),
        sa.Column("pricing_plan_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["system_id"],
            ["sharing_system.system_id"],
            name=op.f("fk_vehicle_type_system_id_sharing_system"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("system_id", "vehicle_type_id", name=op.f("pk_vehicle_type")),
    )


def downgrade() -> None:
    op.drop_table("vehicle_type")
    op.drop_geospatial_index(
        "idx_vehicle_geom", table_name="vehicle", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("vehicle")
    op.drop_geospatial_index(
        "idx_station_geom", table_name="station", postgresql_using="gist", column_name="geom"
    )
    op.drop_geospatial_table("station")
    op.drop_table("pricing_plan")
    op.drop_table("sharing_system")
