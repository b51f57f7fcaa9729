// Generated stack files of any size.

/** A stack file of `count` ordinary services, each with most of what real files use. */
export function generateStackFile(count) {
  const services = Array.from({ length: count }, (_, index) => service(index));
  return [
    'version: "3.8"',
    'services:',
    ...services,
    'networks:\n  front: {}\n  back:\n    driver_opts: { encrypted: "true" }',
    'volumes:\n  data: {}',
    '',
  ].join('\n');
}

function service(index) {
  return `  service-${index}:
    image: registry.example.com/team/service-${index}:1.${index % 50}
    command: ["serve", "--port", "${8000 + (index % 1000)}"]
    environment:
      LOG_LEVEL: \${LOG_LEVEL:-info}
      INDEX: "${index}"
      URL: http://service-${(index + 1) % 7}:8000/path
    labels:
      - com.example.team=team-${index % 9}
    networks: [front, back]
    volumes:
      - data:/var/lib/data
    healthcheck:
      test: ["CMD", "wget", "-q", "localhost:8000/healthz"]
      interval: 10s
      timeout: 3s
      retries: 5
    deploy:
      replicas: ${1 + (index % 3)}
      update_config: { parallelism: 1, delay: 5s, order: start-first }
      restart_policy: { condition: on-failure, delay: 5s }
      resources:
        limits: { cpus: "0.50", memory: 128M }
        reservations: { memory: 64M }
      placement:
        constraints: ["node.role == worker"]`;
}
