from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import MomentField
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0002_engine')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Refusal',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('at', MomentField(auto_now=False, auto_now_add=False)),
                ('member_id', fields.IntField()),
                ('case_id', fields.IntField(null=True, db_index=True)),
                ('action', fields.CharField(max_length=32)),
                ('words', fields.CharField(max_length=255)),
            ],
            options={'table': 'refusal', 'app': 'models', 'pk_attr': 'id', 'table_description': 'Somebody tried what they may not. Beside the chain of the case, which such a try leaves as it was.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Task',
            name='snoozed_for',
            field=fields.CharField(default='', db_default='', max_length=16),
        ),
    ]
