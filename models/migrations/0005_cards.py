from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0004_figures')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Parcel',
            name='outbound',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='SentCard',
            name='spare',
            field=fields.CharField(default='', db_default='', max_length=255),
        ),
    ]
