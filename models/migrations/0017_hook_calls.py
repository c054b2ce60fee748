import functools
from json import dumps, loads
from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import MomentField
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0016_rule_turns')]

    initial = False

    operations = [
        ops.CreateModel(
            name='HookCall',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=24)),
                ('key', fields.CharField(max_length=128)),
                ('digest', fields.CharField(max_length=64)),
                ('at', MomentField(auto_now=False, auto_now_add=False)),
                ('answer', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'hook_call', 'app': 'models', 'unique_together': (('name', 'key'),), 'indexes': [Index(fields=['name', 'at'])], 'pk_attr': 'id', 'table_description': 'A message of another system about a case, and what it was answered: sent again, it is answered so again.'},
            bases=['Model'],
        ),
    ]
