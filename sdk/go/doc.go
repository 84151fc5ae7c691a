// Package kener is a client of Kener, the status page and uptime monitor.
//
//	client, err := kener.New("https://status.example.com", kener.WithKey("kener_…"))
//	monitor, err := client.Monitors.Create(ctx, kener.MonitorInput{
//		Name:     "Shop",
//		Kind:     "http",
//		Settings: kener.HttpSettings{URL: "https://shop.example.com/health"},
//	})
//	for monitor, err := range client.Monitors.All(ctx, kener.MonitorQuery{Tag: "prod"}) {
//		…
//	}
//
// Every operation of Kener's API is a method of a [Client] or of one of its fields. What is sent
// and what comes back are structs, named as in Kener's OpenAPI document.
//
// # What is not named
//
// A change names some fields; the others keep their value. So the fields of MonitorChange and its
// like are of type [Opt]: Set(value) names one, Null empties it, and the zero Opt leaves it alone.
// A new thing takes defaults for what is left out; there, only fields whose zero value differs from
// their default are of type Opt.
//
// # Errors
//
// What Kener refuses is an [*Error]. Compare it by its code:
//
//	if errors.Is(err, kener.ErrNotFound) { … }
//
// # Retries
//
// A request is sent again, after a while that grows, when no answer came, on 429 and on 5xx. What
// Retry-After says is heeded. Every POST carries an Idempotency-Key, the same each time, so that
// nothing is done twice.
package kener
