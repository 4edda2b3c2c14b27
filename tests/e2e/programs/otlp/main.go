// The smallest OpenTelemetry collector: its OTLP receiver over HTTP, and its file exporter.
//
//	otlp-to-file ADDRESS FILE
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/fileexporter"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func configured(factory component.Factory, settings map[string]any) component.Config {
	config := factory.CreateDefaultConfig()
	if err := confmap.NewFromStringMap(settings).Unmarshal(config); err != nil {
		log.Fatal(err)
	}
	return config
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	var out exporter.Factory = fileexporter.NewFactory()
	var in receiver.Factory = otlpreceiver.NewFactory()
	toFile := configured(out, map[string]any{"path": os.Args[2], "flush_interval": "100ms"})
	fromHTTP := configured(in, map[string]any{"protocols": map[string]any{"http": map[string]any{"endpoint": os.Args[1]}}})
	outSettings, inSettings := exportertest.NewNopSettings(out.Type()), receivertest.NewNopSettings(in.Type())
	traces := must(out.CreateTraces(ctx, outSettings, toFile))
	metrics := must(out.CreateMetrics(ctx, outSettings, toFile))
	parts := []component.Component{traces, metrics,
		must(in.CreateTraces(ctx, inSettings, fromHTTP, traces)), must(in.CreateMetrics(ctx, inSettings, fromHTTP, metrics))}
	for _, part := range parts {
		if err := part.Start(ctx, componenttest.NewNopHost()); err != nil {
			log.Fatal(err)
		}
	}
	log.Print("ready")
	<-ctx.Done()
	for i := len(parts) - 1; i >= 0; i-- {
		if err := parts[i].Shutdown(context.Background()); err != nil {
			log.Fatal(err)
		}
	}
}
