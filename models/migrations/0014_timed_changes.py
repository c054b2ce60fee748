from tortoise import migrations
from tortoise.migrations import operations as ops
from models.enums import ProposalState
from models.fields import MomentField
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0013_kinds')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Proposal',
            name='due_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Proposal',
            name='until_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AlterField(
            model_name='Proposal',
            name='state',
            field=fields.CharEnumField(default=ProposalState.DRAFT, description='DRAFT: 草稿\nASKED: 待发布\nTIMED: 定时发布\nLIVE: 已发布\nDROPPED: 已作废\nUNDONE: 已回滚\nDONE: 已生效', enum_type=ProposalState, max_length=8),
        ),
    ]
