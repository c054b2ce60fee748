from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import MomentField
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0009_keys')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('seq', fields.IntField(unique=True)),
                ('at', MomentField(db_index=True, auto_now=False, auto_now_add=False)),
                ('actor_id', fields.IntField(null=True)),
                ('actor', fields.CharField(max_length=64)),
                ('kind', fields.CharField(max_length=16)),
                ('data', fields.JSONField(default=dict)),
                ('before', fields.CharField(max_length=64)),
                ('hash', fields.CharField(max_length=64)),
                ('seal', fields.CharField(max_length=32)),
            ],
            options={'table': 'audit_entry', 'app': 'models', 'pk_attr': 'id', 'table_description': '访问记录: one row per answer that showed, exported or erased somebody\'s data. A chain of its own.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='AuditAnchor',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('no', fields.IntField(unique=True)),
                ('day', fields.CharField(unique=True, max_length=10)),
                ('at', MomentField(auto_now=False, auto_now_add=False)),
                ('body', fields.JSONField()),
                ('heads', fields.JSONField()),
                ('last_event', fields.IntField()),
                ('before', fields.CharField(max_length=64)),
                ('hash', fields.CharField(max_length=64)),
                ('seal', fields.CharField(max_length=64)),
            ],
            options={'table': 'audit_anchor', 'app': 'models', 'pk_attr': 'id', 'table_description': '审计锚: one hash over the heads of all records that have moved since the one before.'},
            bases=['Model'],
        ),
        ops.AddField(model_name='Case', name='seal', field=fields.CharField(default='', db_default='', max_length=64)),
        ops.AddField(model_name='Case', name='base', field=fields.JSONField(null=True)),
        ops.AddField(model_name='Event', name='salt', field=fields.CharField(default='', db_default='', max_length=32)),
        ops.AddField(model_name='Event', name='stand', field=fields.JSONField(null=True)),
        ops.AddField(model_name='Event', name='erased', field=fields.JSONField(null=True)),
        ops.AddField(model_name='Event', name='seal', field=fields.CharField(default='', db_default='', max_length=32)),
        ops.AddField(model_name='Counter', name='seal', field=fields.CharField(default='', db_default='', max_length=64)),
    ]
