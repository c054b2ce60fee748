from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import PriceField

# Prices of units were whole 分 and are millionths of a yuan from here on: ten thousand of them to a 分.
FINER = "UPDATE {table} SET unit_price = unit_price * 10000"
COARSER = "UPDATE {table} SET unit_price = unit_price / 10000"


class Migration(migrations.Migration):
    dependencies = [('models', '0004_figures')]

    initial = False

    operations = [
        ops.AlterField(model_name='OrderLine', name='unit_price', field=PriceField(generated=False, null=False, unique=False)),
        ops.AlterField(model_name='CaseLine', name='unit_price', field=PriceField(generated=False, null=False, unique=False)),
        *(ops.RunSQL([FINER.format(table=table)], reverse_sql=[COARSER.format(table=table)]) for table in ('order_line', 'case_line')),
    ]
