from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import MomentField
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0014_timed_changes')]

    initial = False

    operations = [
        ops.CreateModel(
            name='PrintFile',
            fields=[
                ('digest', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('data', fields.BinaryField()),
                ('kept_at', MomentField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'print_file', 'app': 'models', 'pk_attr': 'digest', 'table_description': 'A workbook under its SHA-256: published versions name it by that, so it is never changed.'},
            bases=['Model'],
        ),
    ]
