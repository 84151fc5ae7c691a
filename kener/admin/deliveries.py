"""/admin/webhooks/<id>/deliveries/<id>: one delivery, every attempt, and sending it again."""

import json

from kener.actions.webhooks import redeliver
from kener.admin import bp
from kener.admin._answers import Answer, go, page, say
from kener.admin._gate import the_time
from kener.admin._mine import my_delivery, my_webhook
from kener.store.rail import rail
from kener.web.database import session


@bp.get("/webhooks/<public_id>/deliveries/<delivery_id>")
def delivery(public_id: str, delivery_id: str) -> Answer:
    """What was sent, and what came back each time."""
    webhook = my_webhook(public_id)
    found = my_delivery(webhook, delivery_id)
    return page(
        "admin/webhooks/delivery.html",
        partial="admin/webhooks/_delivery.html",
        webhook=webhook,
        delivery=found,
        data=json.dumps(found.event.data, indent=2, ensure_ascii=False),
        zone=rail(session()).page.time_zone,
    )


@bp.post("/webhooks/<public_id>/deliveries/<delivery_id>/again")
def send_again(public_id: str, delivery_id: str) -> Answer:
    """Send it once more under its old id."""
    found = my_delivery(my_webhook(public_id), delivery_id)
    redeliver(session(), found, the_time())
    session().commit()
    say("It is being sent again.")
    return go("admin.delivery", public_id=public_id, delivery_id=delivery_id)
