"""The floor of a verification over HTTP: the same framework takes the same upload and only hashes it."""

from __future__ import annotations

import hashlib

from fastapi import FastAPI, Request, Response, UploadFile

app = FastAPI()


@app.post("/multipart")
async def multipart(file: UploadFile) -> dict[str, str]:
    return {"sha256": hashlib.sha256(await file.read()).hexdigest()}


@app.post("/raw")
async def raw(request: Request) -> Response:
    return Response(hashlib.sha256(await request.body()).hexdigest())
