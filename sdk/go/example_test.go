package kener_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	kener "github.com/kener/go-sdk"
)

// What the examples after the first have in hand.
var (
	ctx    = context.Background()
	client *kener.Client
)

func Example() {
	client, err := kener.New(os.Getenv("KENER_URL"), kener.WithKey(os.Getenv("KENER_API_KEY")))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()

	me, err := client.Me(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Name, "may", me.Permissions)
}

func ExampleMonitorService_Create() {
	monitor, err := client.Monitors.Create(ctx, kener.MonitorInput{
		Name:     "API Server",
		Kind:     "http",
		Settings: kener.HttpSettings{URL: "https://api.example.com/health"},
		Interval: 30,
		Tags:     []string{"prod"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(monitor.ID, monitor.Status)
}

func ExampleMonitorService_All() {
	for monitor, err := range client.Monitors.All(ctx, kener.MonitorQuery{Tag: "prod"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(monitor.Name, monitor.Status)
	}
}

func ExampleMonitorService_List() {
	part, err := client.Monitors.List(ctx, kener.MonitorQuery{Limit: 20, Sort: "-updated"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(part.Items), "of", *part.Total, "and the next part is", part.Next)
}

func ExampleMonitorService_Update() {
	_, err := client.Monitors.Update(ctx, "api-server", kener.MonitorChange{
		Name:         kener.Set("API"),
		Paused:       kener.Set(false),
		DegradedOver: kener.Null[float64](),
	})
	if err != nil {
		log.Fatal(err)
	}
}

func ExampleMonitorService_Uptime() {
	uptime, err := client.Monitors.Uptime(ctx, "api-server", kener.UptimeQuery{Window: "30d"})
	if err != nil {
		log.Fatal(err)
	}
	if uptime.Uptime == nil {
		fmt.Println("nobody watched")
	} else {
		fmt.Printf("%.2f %%\n", *uptime.Uptime)
	}
}

func ExampleIncidentService_Create() {
	incident, err := client.Incidents.Create(ctx, kener.IncidentInput{
		Title:    "Service Disruption",
		Status:   kener.PhaseInvestigating,
		Impact:   kener.ImpactMajor,
		Message:  "We are investigating reports of service issues.",
		Monitors: []kener.AffectedInput{{ID: "api-server", Impact: "down"}},
	})
	if err != nil {
		log.Fatal(err)
	}

	_, err = client.Incidents.Updates.Create(ctx, incident.ID, kener.UpdateInput{
		Status:  kener.PhaseResolved,
		Message: "All is well again.",
	})
	if err != nil {
		log.Fatal(err)
	}
}

func ExampleClient_Status() {
	status, err := client.Status(ctx, kener.StatusQuery{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(status.Sentence)
}

func ExampleMaintenanceService_Create() {
	_, err := client.Maintenances.Create(ctx, kener.MaintenanceInput{
		Title:    "New disks",
		Starts:   "2099-03-29T02:00",
		TimeZone: "Europe/Berlin",
		Duration: 90,
		Monitors: []kener.PlannedInput{{ID: "api-server"}},
	})
	if err != nil {
		log.Fatal(err)
	}
}

func ExampleError() {
	_, err := client.Monitors.Create(ctx, kener.MonitorInput{Name: "Database", Kind: "tcp", Interval: 1})

	var refused *kener.Error
	switch {
	case errors.Is(err, kener.ErrInvalidRequest) && errors.As(err, &refused):
		for _, each := range refused.Details {
			fmt.Println(each.Field, each.Message)
		}
	case errors.Is(err, kener.ErrRateLimited) && errors.As(err, &refused):
		fmt.Println("come again in", refused.RetryAfter)
	case err != nil:
		log.Fatal(err)
	}
}

func ExampleIfMatch() {
	var seen kener.Meta
	monitor, err := client.Monitors.Get(ctx, "api-server", kener.WithMeta(&seen))
	if err != nil {
		log.Fatal(err)
	}
	change := kener.MonitorChange{Interval: kener.Set(monitor.Interval * 2)}
	_, err = client.Monitors.Update(ctx, "api-server", change, kener.IfMatch(seen.ETag))
	if errors.Is(err, kener.ErrPreconditionFailed) {
		fmt.Println("somebody else changed it meanwhile")
	}
}

func ExampleIdempotencyKey() {
	_, err := client.Incidents.Create(ctx, kener.IncidentInput{
		Title:   "Errors after a deployment",
		Message: "We roll it back.",
	}, kener.IdempotencyKey("deploy-1742"))
	if err != nil {
		log.Fatal(err)
	}
}

func ExampleSecretService_Put() {
	_, err := client.Secrets.Put(ctx, "SHOP_TOKEN", kener.SecretInput{Value: kener.Set("open sesame")})
	if err != nil {
		log.Fatal(err)
	}
}
