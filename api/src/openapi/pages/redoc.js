// Redoc brings no dark sheet of its own; its code samples are dark in any case.
Redoc.init(
  "/openapi.json",
  {
    hideDownloadButton: false,
    nativeScrollbars: true,
    requiredPropsFirst: true,
    jsonSampleExpandLevel: 3,
    theme: {
      typography: {
        fontFamily: "system-ui, sans-serif",
        headings: { fontFamily: "system-ui, sans-serif" },
        code: { fontFamily: "ui-monospace, monospace" },
      },
    },
  },
  document.getElementById("api"),
);
