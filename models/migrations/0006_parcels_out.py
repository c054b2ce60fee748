from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import MomentField
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0005_exact_prices')]

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
        ops.AddField(
            model_name='SentCard',
            name='followed',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='SentCard',
            name='followed_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
