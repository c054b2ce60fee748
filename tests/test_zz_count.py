import pytest
from tests.stories import *
@pytest.mark.homes("dingtalk")
async def test_count(desk):
    before=desk.sandbox.dingtalk.counted
    c0=dict(desk.sandbox.dingtalk.calls)
    no=await submitted(desk)
    print("submitted", desk.sandbox.dingtalk.counted-before)
    await says(desk,"林晓",f"运单 {no} SF1234567890")
    for step in ("王建国 同意","李敏 同意","周仓 确认收货","许静 合格入库"):
        await play(desk,step); print(step, desk.sandbox.dingtalk.counted-before)
    await finish(desk,no)
    print("end",desk.sandbox.dingtalk.counted-before)
    c1=desk.sandbox.dingtalk.calls
    for k,v in c1.items():
        if v-c0.get(k,0): print(k,v-c0.get(k,0))
    print("\n----\n".join(news(desk,"林晓")))
    for n in ("王建国","李敏","周仓","许静","方芳"):
        try: print("==",n,"\n----\n".join(news(desk,n)))
        except Exception as e: print(e)
