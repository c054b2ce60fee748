from tortoise import migrations
from tortoise.migrations import operations as ops
from models.enums import WorkState
from models.fields import MomentField
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0015_print_files')]

    initial = False

    operations = [
        ops.CreateModel(
            name='RuleTurn',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('rule', fields.CharField(max_length=24)),
                ('due_at', MomentField(auto_now=False, auto_now_add=False)),
                ('version', fields.IntField()),
                ('after_id', fields.IntField(default=0, db_default=0)),
                ('fired', fields.IntField(default=0, db_default=0)),
                ('failures', fields.IntField(default=0, db_default=0)),
                ('state', fields.CharEnumField(default=WorkState.NEW, description='NEW: new\nTAKEN: taken\nDONE: done\nFAILED: failed', enum_type=WorkState, max_length=8)),
                ('error', fields.CharField(default='', db_default='', max_length=255)),
            ],
            options={'table': 'rule_turn', 'app': 'models', 'unique_together': (('rule', 'due_at'),), 'indexes': [Index(fields=['state', 'due_at'])], 'pk_attr': 'id', 'table_description': 'A rule of 自动规则 whose time has come: how far it has got through the cases, so that each is looked at once.'},
            bases=['Model'],
        ),
    ]
