from tortoise import migrations
from tortoise.indexes import Index
from models.indexing import BuildIndex

class Migration(migrations.Migration):
    dependencies = [('models', '0012_refunds_paid')]

    initial = False
    atomic = False

    operations = [
        BuildIndex(
            model_name='AuditEntry',
            index=Index(fields=['kind', 'seq']),
        ),
        BuildIndex(
            model_name='Photo',
            index=Index(fields=['place', 'id']),
        ),
    ]
