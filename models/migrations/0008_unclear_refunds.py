from tortoise import migrations
from tortoise.migrations import operations as ops
from models.enums import RefundState
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0007_lanes')]

    initial = False

    operations = [
        ops.AlterField(
            model_name='Refund',
            name='state',
            field=fields.CharEnumField(default=RefundState.PENDING, description='PENDING: 待退款\nSENDING: 退款中\nUNCLEAR: 待核对\nPAID: 已退款\nREFUSED: 退款失败', enum_type=RefundState, max_length=8),
        ),
    ]
