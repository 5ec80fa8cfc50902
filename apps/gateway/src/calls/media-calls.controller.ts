import { Controller, Param, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DocumentCall } from './call-documentation.js';
import { HttpCalls } from './http-calls.js';

/** The body comes as `multipart/form-data`. */
const TakesForm = () => RouteConfig({ takesForm: true });

/** OpenAI's routes of images and sounds in all spellings LiteLLM takes. */
@Controller()
export class MediaCallsController {
  constructor(private readonly calls: HttpCalls) {}

  @Post(['v1/images/generations', 'images/generations'])
  @DocumentCall('image_generation')
  image(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.serve('image_generation', request, reply);
  }

  @Post('openai/deployments/:model/images/generations')
  @DocumentCall('image_generation')
  imageOfModel(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('model') model: string,
  ): Promise<void> {
    return this.calls.serve('image_generation', request, reply, model);
  }

  @Post(['v1/images/edits', 'images/edits'])
  @TakesForm()
  @DocumentCall('image_edit')
  editedImage(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.serve('image_edit', request, reply);
  }

  @Post('openai/deployments/:model/images/edits')
  @TakesForm()
  @DocumentCall('image_edit')
  editedImageOfModel(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('model') model: string,
  ): Promise<void> {
    return this.calls.serve('image_edit', request, reply, model);
  }

  @Post(['v1/audio/speech', 'audio/speech'])
  @DocumentCall('audio_speech')
  speech(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.serve('audio_speech', request, reply);
  }

  @Post('openai/deployments/:model/audio/speech')
  @DocumentCall('audio_speech')
  speechOfModel(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('model') model: string,
  ): Promise<void> {
    return this.calls.serve('audio_speech', request, reply, model);
  }

  @Post(['v1/audio/transcriptions', 'audio/transcriptions'])
  @TakesForm()
  @DocumentCall('audio_transcription')
  transcription(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.serve('audio_transcription', request, reply);
  }

  @Post('openai/deployments/:model/audio/transcriptions')
  @TakesForm()
  @DocumentCall('audio_transcription')
  transcriptionOfModel(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('model') model: string,
  ): Promise<void> {
    return this.calls.serve('audio_transcription', request, reply, model);
  }

  @Post(['v1/audio/translations', 'audio/translations'])
  @TakesForm()
  @DocumentCall('audio_translation')
  translation(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.calls.serve('audio_translation', request, reply);
  }

  @Post('openai/deployments/:model/audio/translations')
  @TakesForm()
  @DocumentCall('audio_translation')
  translationOfModel(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('model') model: string,
  ): Promise<void> {
    return this.calls.serve('audio_translation', request, reply, model);
  }
}
