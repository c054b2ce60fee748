from tortoise import migrations
from tortoise.indexes import Index
from models.indexing import BuildExpressionIndex, BuildIndex

# As models/tails.py asks for them: a change there needs an index of its own here.
WHOLE = "substr(replace(replace(mobile, '-', ''), ' ', ''), length(replace(replace(mobile, '-', ''), ' ', '')) - 3)"
CUT = "rtrim(rtrim(mobile, '0123456789'), '-转接分机号#,. extEXT')"
BEFORE_EXTENSION = f"substr(replace(replace({CUT}, '-', ''), ' ', ''), length(replace(replace({CUT}, '-', ''), ' ', '')) - 3)"
SERIAL = "substr(no, length(no) - 3)"

class Migration(migrations.Migration):
    dependencies = [('models', '0010_audit')]

    initial = False
    atomic = False

    operations = [
        BuildIndex(
            model_name='Case',
            index=Index(fields=['state']),
        ),
        BuildIndex(
            model_name='Task',
            index=Index(fields=['state']),
        ),
        BuildIndex(
            model_name='Order',
            index=Index(fields=['customer', 'ordered_at']),
        ),
        BuildIndex(
            model_name='Order',
            index=Index(fields=['customer_name', 'ordered_at']),
        ),
        BuildExpressionIndex('tail_shop_order_mobile', 'shop_order', WHOLE),
        BuildExpressionIndex('tail_shop_order_before_extension', 'shop_order', BEFORE_EXTENSION),
        BuildExpressionIndex('tail_return_case_no', 'return_case', SERIAL),
        BuildExpressionIndex('head_shop_order_no', 'shop_order', 'no varchar_pattern_ops', on='postgres'),
    ]
