from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0006_parcels_out')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Replica',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('beats', fields.BigIntField(default=0, db_default=0)),
            ],
            options={'table': 'replica', 'app': 'models', 'pk_attr': 'name', 'table_description': 'A process of the bot that is at work, ``beats`` grows for as long as it lives, whatever its clock says.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Inbox',
            name='holder',
            field=fields.CharField(default='', db_default='', max_length=32),
        ),
        ops.AddField(
            model_name='Inbox',
            name='lane',
            field=fields.CharField(default='', db_default='', max_length=96),
        ),
        ops.AddIndex(
            model_name='Inbox',
            index=Index(fields=['lane', 'state']),
        ),
        ops.AddField(
            model_name='Outbox',
            name='holder',
            field=fields.CharField(default='', db_default='', max_length=32),
        ),
        ops.AddField(
            model_name='Outbox',
            name='in_doubt',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Outbox',
            name='lane',
            field=fields.CharField(default='', db_default='', max_length=96),
        ),
        ops.RemoveField(model_name='Outbox', name='lease_until'),
        ops.AddField(
            model_name='SentCard',
            name='face',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddIndex(
            model_name='Outbox',
            index=Index(fields=['lane', 'state']),
        ),
    ]
