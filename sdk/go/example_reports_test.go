package kener_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"

	kener "github.com/kener/go-sdk"
)

func ExampleHeartbeatService_Exit() {
	job, err := client.Monitors.Create(ctx, kener.MonitorInput{Name: "Backup", Kind: "heartbeat", Interval: 86400})
	if err != nil {
		log.Fatal(err)
	}
	token := job.HeartbeatToken()

	if err := client.Heartbeat.Start(ctx, token); err != nil {
		log.Print(err)
	}
	if err := client.Heartbeat.Exit(ctx, token, 0, "3 GB written"); err != nil {
		log.Print(err)
	}
}

func ExampleVerifyWebhook() {
	http.HandleFunc("POST /kener", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			http.Error(w, "too long", http.StatusBadRequest)
			return
		}
		event, err := kener.VerifyWebhook(body, r.Header, os.Getenv("KENER_WEBHOOK_SECRET"), 0)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusNoContent)

		if event.Name == kener.EventMonitorDown {
			var monitor kener.MonitorEvent
			if err := event.Decode(&monitor); err == nil {
				fmt.Println(monitor.Name, "is", monitor.Status)
			}
		}
	})
}
