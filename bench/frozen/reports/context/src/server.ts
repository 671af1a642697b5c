import express from "express";
import { summary } from "./summary";

const app = express();
app.get("/healthz", (_request, response) => response.send("ok"));
app.get("/summary/:year", (request, response) => response.json(summary(Number(request.params.year))));
app.listen(Number(process.env.PORT));
