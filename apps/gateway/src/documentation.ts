import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** Serves the OpenAPI pages at /docs, where the bare address leads too, and the document at /docs-json. */
export function setUpDocumentation(app: NestFastifyApplication, version: string): void {
  const config = new DocumentBuilder()
    .setTitle('Signalbox')
    .setDescription(
      'An OpenAI-compatible gateway that keeps data in its region, limits exact and usage complete. ' +
        'It speaks the HTTP API of LiteLLM: users change the address, nothing else.',
    )
    .setVersion(version)
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'A key, or the master key for admin routes.',
    })
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, config), {
    jsonDocumentUrl: 'docs-json',
  });
  app
    .getHttpAdapter()
    .getInstance()
    .get('/', (_request, reply) => reply.redirect('/docs'));
}
