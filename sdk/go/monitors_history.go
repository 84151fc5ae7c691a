package kener

import (
	"context"
	"iter"
)

// Results returns one part of what each check saw, the newest first.
func (s *MonitorService) Results(ctx context.Context, id string, query ResultQuery, options ...Option) (*List[Result], error) {
	return list[Result](ctx, s.core, get("monitors", id, "results").with(query), options)
}

// AllResults goes through what each check saw, the newest first.
func (s *MonitorService) AllResults(ctx context.Context, id string, query ResultQuery, options ...Option) iter.Seq2[Result, error] {
	return all[Result](ctx, s.core, get("monitors", id, "results").with(query), options)
}

// Spans returns one part of the confirmed history, which has no hole, the newest first.
func (s *MonitorService) Spans(ctx context.Context, id string, query SpanQuery, options ...Option) (*List[Span], error) {
	return list[Span](ctx, s.core, get("monitors", id, "spans").with(query), options)
}

// AllSpans goes through the confirmed history, the newest first.
func (s *MonitorService) AllSpans(ctx context.Context, id string, query SpanQuery, options ...Option) iter.Seq2[Span, error] {
	return all[Span](ctx, s.core, get("monitors", id, "spans").with(query), options)
}

// Uptime tells how much of the watched time a monitor was up, as visitors saw it.
func (s *MonitorService) Uptime(ctx context.Context, id string, query UptimeQuery, options ...Option) (*Uptime, error) {
	return one[Uptime](ctx, s.core, get("monitors", id, "uptime").with(query), options)
}

// Latency tells how long checks took: all of the window, and step by step.
func (s *MonitorService) Latency(ctx context.Context, id string, query LatencyQuery, options ...Option) (*Latency, error) {
	return one[Latency](ctx, s.core, get("monitors", id, "latency").with(query), options)
}
