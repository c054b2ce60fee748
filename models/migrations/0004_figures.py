from tortoise import migrations
from tortoise.migrations import operations as ops
from models.fields import MomentField

# What is known of cases that were opened before: the tasks say who decided, the events that work was sent back.
# Where goods came first (the names are those of the flows that ship), nobody's answer was awaited.
ANSWERED = """
UPDATE return_case SET answered_at = (
  SELECT MIN(t.closed_at) FROM task t WHERE t.case_id = return_case.id AND t.state = 'done'
  AND t.owner_id <> return_case.creator_id AND t.action NOT IN ('', '转交') AND NOT EXISTS (
    SELECT 1 FROM task g WHERE g.case_id = t.case_id AND g.state = 'done'
    AND g.action IN ('确认收货', '配件缺失', '拒收') AND g.closed_at <= t.closed_at))
WHERE batch_id IS NULL
"""
REWORKED = """
UPDATE return_case SET reworked_at = (
  SELECT MIN(e.at) FROM case_event e WHERE e.case_id = return_case.id AND e.action IN ('退回', '重开'))
WHERE batch_id IS NULL
"""

class Migration(migrations.Migration):
    dependencies = [('models', '0003_refusals')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Case',
            name='answered_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Case',
            name='reworked_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RunSQL([ANSWERED, REWORKED], reverse_sql=ops.RunSQL.noop),
    ]
