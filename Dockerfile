# Made by scripts/dockerfile.sh; change that, or langgraph.production.json.
FROM langchain/langgraphjs-api:20
ADD . /deps/langgraph-agentic-rag
ENV LANGSERVE_GRAPHS='{"agentic-rag":"./graphs/agentic-rag.ts:graph","search-r1":"./graphs/search-r1.ts:graph","research-team":"./graphs/research-team.ts:graph"}'
ENV LANGGRAPH_AUTH='{"path":"./graphs/auth.ts:auth","disable_studio_auth":true}'
ENV LANGGRAPH_HTTP='{"app":"./graphs/production.ts:app","disable_assistants":false,"disable_threads":false,"disable_runs":false,"disable_store":false,"disable_meta":false,"cors":{"allow_origins":[],"allow_methods":["GET","POST","PUT","PATCH","DELETE"],"allow_headers":["authorization","content-type","last-event-id","x-api-key"],"allow_credentials":false,"expose_headers":["content-location","x-pagination-total","x-request-id"],"max_age":600}}'
WORKDIR /deps/langgraph-agentic-rag
RUN npm ci
RUN (test ! -f /api/langgraph_api/js/build.mts && echo "Prebuild script not found, skipping") || tsx /api/langgraph_api/js/build.mts
