from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from models.enums import ProposalState, TaskState
from models.fields import MomentField
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CustomerEntry',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('customer', fields.CharField(db_index=True, max_length=64)),
                ('verdict', fields.CharField(max_length=8)),
                ('why', fields.CharField(max_length=255)),
                ('by_id', fields.IntField()),
                ('at', MomentField(auto_now=False, auto_now_add=False)),
                ('until', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('removed_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('removed_by_id', fields.IntField(null=True)),
            ],
            options={'table': 'customer_list', 'app': 'models', 'pk_attr': 'id', 'table_description': '名单: one customer by number or mobile. What was taken off, or has run out, stays for the record.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Leave',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('member_id', fields.IntField(db_index=True)),
                ('delegate_id', fields.IntField(db_index=True)),
                ('starts_at', MomentField(auto_now=False, auto_now_add=False)),
                ('ends_at', MomentField(db_index=True, auto_now=False, auto_now_add=False)),
                ('by_id', fields.IntField()),
                ('cancelled', fields.BooleanField(default=False, db_default=False)),
            ],
            options={'table': 'staff_leave', 'app': 'models', 'pk_attr': 'id', 'table_description': '请假: from one moment to another a delegate acts.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Photo',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('case_id', fields.IntField(db_index=True)),
                ('node', fields.CharField(default='', db_default='', max_length=64)),
                ('field', fields.CharField(default='', db_default='', max_length=32)),
                ('member_id', fields.IntField(null=True)),
                ('at', MomentField(auto_now=False, auto_now_add=False)),
                ('digest', fields.CharField(db_index=True, max_length=64)),
                ('size', fields.IntField()),
                ('data', fields.BinaryField()),
            ],
            options={'table': 'photo', 'app': 'models', 'pk_attr': 'id', 'table_description': 'A picture of a case, as our own copy: the platforms keep theirs for days only.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Proposal',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('about', fields.CharField(max_length=64)),
                ('words', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('items', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('before', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('state', fields.CharEnumField(default=ProposalState.DRAFT, description='DRAFT: 草稿\nASKED: 待发布\nLIVE: 已发布\nDROPPED: 已作废\nUNDONE: 已回滚', enum_type=ProposalState, max_length=8)),
                ('version', fields.IntField(default=1, db_default=1)),
                ('author_id', fields.IntField()),
                ('decider_id', fields.IntField(null=True)),
                ('created_at', MomentField(auto_now=False, auto_now_add=False)),
                ('decided_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('simulated', fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'proposal', 'app': 'models', 'indexes': [Index(fields=['state', 'created_at'])], 'pk_attr': 'id', 'table_description': 'A change that one person makes and a second one publishes. ``items`` are what it would put in place.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Case',
            name='merged_into_id',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Case',
            name='parent_id',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Case',
            name='resume_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Case',
            name='undo',
            field=fields.JSONField(null=True, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddIndex(
            model_name='Case',
            index=Index(fields=['resume_at']),
        ),
        ops.AddIndex(
            model_name='Case',
            index=Index(fields=['merged_into_id']),
        ),
        ops.AddIndex(
            model_name='Case',
            index=Index(fields=['parent_id']),
        ),
        ops.AddField(
            model_name='Member',
            name='shops',
            field=fields.JSONField(default=list, db_default='[]', encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads),
        ),
        ops.AddField(
            model_name='Order',
            name='member_level',
            field=fields.CharField(default='', db_default='', max_length=32),
        ),
        ops.AlterField(
            model_name='Task',
            name='state',
            field=fields.CharEnumField(default=TaskState.OPEN, description='OPEN: open\nHELD: held\nDONE: done\nDEAD: dead', enum_type=TaskState, max_length=8),
        ),
        ops.AddField(
            model_name='Task',
            name='added',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Task',
            name='after_id',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Task',
            name='for_id',
            field=fields.IntField(null=True),
        ),
        ops.AddField(
            model_name='Task',
            name='level',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Task',
            name='seen_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Task',
            name='snoozed_until',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AlterField(
            model_name='Outbox',
            name='case_id',
            field=fields.IntField(null=True),
        ),
        ops.RunSQL('DROP INDEX IF EXISTS idx_outbox_case_id_ae3756', ops.RunSQL.noop),
    ]
