package kener

import (
	"context"
	"iter"
)

// WebhookService is all that can be done with receivers of events.
type WebhookService struct {
	// Deliveries are what was sent to a receiver.
	Deliveries *DeliveryService

	core *core
}

// List returns one part of the list.
func (s *WebhookService) List(ctx context.Context, query ListQuery, options ...Option) (*List[Webhook], error) {
	return list[Webhook](ctx, s.core, get("webhooks").with(query), options)
}

// All goes through every receiver.
func (s *WebhookService) All(ctx context.Context, query ListQuery, options ...Option) iter.Seq2[Webhook, error] {
	return all[Webhook](ctx, s.core, get("webhooks").with(query), options)
}

// Create adds a receiver. Its Secret is shown this once.
func (s *WebhookService) Create(ctx context.Context, webhook WebhookInput, options ...Option) (*NewWebhook, error) {
	return one[NewWebhook](ctx, s.core, post(webhook, "webhooks"), options)
}

// Get returns a receiver.
func (s *WebhookService) Get(ctx context.Context, id string, options ...Option) (*Webhook, error) {
	return one[Webhook](ctx, s.core, get("webhooks", id), options)
}

// Update changes the fields that are named.
func (s *WebhookService) Update(ctx context.Context, id string, change WebhookChange, options ...Option) (*Webhook, error) {
	return one[Webhook](ctx, s.core, put(change, "webhooks", id), options)
}

// Delete deletes a receiver with its log.
func (s *WebhookService) Delete(ctx context.Context, id string, options ...Option) error {
	return none(ctx, s.core, remove("webhooks", id), options)
}

// Test sends a receiver a "webhook.test". The answer does not wait for it: its delivery will tell.
func (s *WebhookService) Test(ctx context.Context, id string, options ...Option) (*DeliverySummary, error) {
	return one[DeliverySummary](ctx, s.core, post(nil, "webhooks", id, "test"), options)
}

// RenewSecret replaces a receiver's secret. The old one signs nothing from now on.
func (s *WebhookService) RenewSecret(ctx context.Context, id string, options ...Option) (*NewWebhook, error) {
	return one[NewWebhook](ctx, s.core, post(nil, "webhooks", id, "secret"), options)
}

// DeliveryService is all that can be done with what was sent to a receiver.
type DeliveryService struct{ core *core }

// List returns one part of what was sent, the newest first.
func (s *DeliveryService) List(ctx context.Context, webhook string, query ListQuery, options ...Option) (*List[DeliverySummary], error) {
	return list[DeliverySummary](ctx, s.core, get("webhooks", webhook, "deliveries").with(query), options)
}

// All goes through what was sent, the newest first.
func (s *DeliveryService) All(ctx context.Context, webhook string, query ListQuery, options ...Option) iter.Seq2[DeliverySummary, error] {
	return all[DeliverySummary](ctx, s.core, get("webhooks", webhook, "deliveries").with(query), options)
}

// Get returns a delivery with the body that is sent, and the answers that came.
func (s *DeliveryService) Get(ctx context.Context, webhook, id string, options ...Option) (*Delivery, error) {
	return one[Delivery](ctx, s.core, get("webhooks", webhook, "deliveries", id), options)
}

// Redeliver sends it again, under its old id.
func (s *DeliveryService) Redeliver(ctx context.Context, webhook, id string, options ...Option) (*DeliverySummary, error) {
	return one[DeliverySummary](ctx, s.core, post(nil, "webhooks", webhook, "deliveries", id, "redeliver"), options)
}
