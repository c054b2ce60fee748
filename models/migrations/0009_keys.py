from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import MomentField
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0008_unclear_refunds')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CaseLink',
            fields=[
                ('case_id', fields.IntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ('revoked', fields.IntField(default=0, db_default=0)),
                ('revoked_at', MomentField(auto_now=False, auto_now_add=False)),
                ('revoked_by_id', fields.IntField()),
            ],
            options={'table': 'case_link', 'app': 'models', 'pk_attr': 'case_id', 'table_description': 'How often the links of a case were revoked: one that was made earlier opens nothing.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='LinkKey',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('purpose', fields.CharField(default='', db_default='', max_length=16)),
                ('value', fields.CharField(unique=True, max_length=64)),
                ('made_at', MomentField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'link_key', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A key of signed links, shared by the replicas: the newest signs, all open, until the older ones are dropped.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='ImportBatch',
            name='cleared_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Photo',
            name='place',
            field=fields.CharField(default='', db_default='', max_length=255),
        ),
    ]
