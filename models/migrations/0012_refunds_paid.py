from tortoise import migrations
from tortoise.indexes import Index
from models.indexing import BuildIndex

class Migration(migrations.Migration):
    dependencies = [('models', '0011_tails')]

    initial = False
    atomic = False

    operations = [
        BuildIndex(
            model_name='Refund',
            index=Index(fields=['paid_at']),
        ),
    ]
